import type { Fault } from '../faults/fault.ts'
import type { Choice } from './chosen-fates.ts'
import type { Scenario } from './one-rotation.ts'

const names = { good: { isNewRefused: false }, refused: { isNewRefused: true } } as const

export const scenarios: readonly Scenario[] = Object.values(names)

/** `refused 12:lost 40:power-cut`: the scenario, then each fault with the number of its point. */
export const scheduleText = ({ isNewRefused }: Scenario, choices: readonly Choice[]): string =>
  [isNewRefused ? 'refused' : 'good', ...choices.map(({ index, fault }) => `${index}:${fault}`)].join(' ')

/** @returns undefined where the text is no schedule */
export function parseSchedule(text: string): { scenario: Scenario; choices: Choice[] } | undefined {
  const [name = '', ...parts] = text.trim().split(/\s+/u)
  if (name !== 'good' && name !== 'refused') return undefined
  const choices = parts.map(part => {
    const [, index, fault] = /^(\d+):([a-z-]+)$/u.exec(part) ?? []
    return index === undefined ? undefined : { index: Number(index), fault: fault as Fault }
  })
  const known = choices.filter(choice => choice !== undefined)
  return known.length === parts.length ? { scenario: names[name], choices: known } : undefined
}
