import type { Fault } from '../faults/fault.ts'
import { type Choice, ChosenFates } from './chosen-fates.ts'

/** Runs one schedule. @returns what was broken, in words; empty where all was well */
export type RunSchedule = (fates: ChosenFates) => Promise<string[]>

export interface Enumeration {
  run: RunSchedule
  mostFaults: number
  isWanted: (fault: Fault) => boolean
  /** Whether nothing else goes wrong in a run where this does. */
  isAlone?: (fault: Fault) => boolean
  /** This process's share of the first faults: every `of`-th, beginning with `share`. */
  share: number
  of: number
  onSchedule: (choices: readonly Choice[], broken: readonly string[]) => void
}

/**
 * Runs every set of at most so many faults, each at every point where it can happen: a run without faults shows the
 * points for the first one, each run with a first one those for the second.
 */
export async function enumerate(enumeration: Enumeration): Promise<void> {
  const { share, of } = enumeration
  const fates = await runOne(enumeration, [], share === 0)
  const first = fates.choicesAfter(-1)
  for (const [n, choice] of first.entries()) {
    if (n % of === share) await from(enumeration, [choice])
  }
}

async function from(enumeration: Enumeration, choices: readonly Choice[]): Promise<void> {
  const fates = await runOne(enumeration, choices, true)
  const { mostFaults, isAlone = () => false } = enumeration
  if (choices.length >= mostFaults || choices.some(({ fault }) => isAlone(fault))) return
  for (const choice of fates.choicesAfter(choices.at(-1)?.index ?? -1)) {
    if (!isAlone(choice.fault)) await from(enumeration, [...choices, choice])
  }
}

async function runOne(
  { run, isWanted, onSchedule, mostFaults }: Enumeration,
  choices: readonly Choice[],
  counts: boolean,
): Promise<ChosenFates> {
  const fates = new ChosenFates(choices, isWanted, choices.length >= mostFaults)
  const broken = await run(fates)
  if (counts) onSchedule(choices, [...broken, ...fates.missed])
  return fates
}
