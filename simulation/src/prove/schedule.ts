import type { Choice } from '../exhaustive/chosen-fates.ts'
import {
  callFaults,
  eventFaults,
  type Fault,
  momentFaults,
  tokenCutFaults,
  writeFaults,
} from '../faults/fault.ts'

/** A run as it is told and can be repeated: a situation, and faults at points of its run, counted from 0. */
export interface Schedule {
  situation: string
  choices: readonly Choice[]
}

/** `refused 12:lost 40:power-cut` */
export const scheduleText = ({ situation, choices }: Schedule): string =>
  [situation, ...choices.map(({ index, fault }) => `${index}:${fault}`)].join(' ')

const faults: readonly Fault[] = [
  ...eventFaults,
  ...tokenCutFaults,
  ...writeFaults,
  ...momentFaults,
  ...callFaults,
]

/** @returns undefined where the text is none */
export function parseSchedule(text: string): Schedule | undefined {
  const [situation = '', ...parts] = text.trim().split(/\s+/u)
  const choices = parts.flatMap(part => {
    const [, index, name] = /^(\d+):([a-z-]+)$/u.exec(part) ?? []
    const fault = faults.find(one => one === name)
    return fault === undefined ? [] : [{ index: Number(index), fault }]
  })
  return choices.length === parts.length ? { situation, choices } : undefined
}
