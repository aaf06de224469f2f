import type { Choice } from '../exhaustive/chosen-fates.ts'
import { callFaults, cutFaults, type Fault, messageFaults, momentFaults } from '../faults/fault.ts'

/** A run as it is told and can be repeated: a situation, and faults at points of its run, counted from 0. */
export interface Schedule {
  situation: string
  choices: readonly Choice[]
}

/** `refused 12:lost 40:power-cut` */
export const scheduleText = ({ situation, choices }: Schedule): string =>
  [situation, ...choices.map(({ index, fault }) => `${index}:${fault}`)].join(' ')

const faults: readonly Fault[] = [...messageFaults, ...cutFaults, ...momentFaults, ...callFaults]

/** @throws where it is none */
export function parseSchedule(text: string): Schedule {
  const [situation = '', ...rest] = text.trim().split(/\s+/u)
  const choices = rest.map(part => {
    const [, index, name] = /^(\d+):([a-z-]+)$/u.exec(part) ?? []
    const fault = faults.find(one => one === name)
    if (index === undefined || fault === undefined) {
      throw new Error(`${part} is no fault at a point of a run; it should be as 12:lost or 40:power-cut`)
    }
    return { index: Number(index), fault }
  })
  return { situation, choices }
}
