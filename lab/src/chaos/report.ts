import type { Rules } from './rules.ts'
import type { Chaos } from './storm.ts'

/** One line that is written over and over on a terminal, and now and then elsewhere. */
export function progressLine(
  output: NodeJS.WriteStream,
  seconds: number,
  chaos: Chaos,
  isOver: boolean,
): void {
  const everySeconds = 10
  const { jobs, tally } = chaos
  const text = [
    `${seconds} s`,
    isOver ? 'coming to rest' : 'storm',
    `rotations=${rotations(chaos)}`,
    `open jobs=${jobs.open().length}`,
    `faults=${tally.faults}`,
    `violations=${tally.violations.length}`,
  ].join('  ')
  if (output.isTTY) output.write(`\r\u001B[K${text}`)
  else if (seconds % everySeconds === 0) output.write(`${text}\n`)
}

const ends = ({ jobs }: Chaos, end: string): number => jobs.executions.filter(one => one.end === end).length

const rotations = (chaos: Chaos): number => ends(chaos, 'succeeded')

/** A run of so many minutes in which a kind of fault never happened has not shown what it should. */
const everyKindWithinMinutes = 5
/** Of as many devices as a run has without flags; fewer rotate less often, more are slowed down by each other. */
const rotationsAMinute = 10
const usualDevices = 6

export interface Outcome {
  minutes: number
  devices: number
  violations: number
  rotations: number
  /** Kinds of faults that never happened. */
  missing: readonly string[]
}

/** How often devices must have rotated for a run to have shown something; each does at least once, in the end. */
export const leastRotations = ({ minutes, devices }: Pick<Outcome, 'minutes' | 'devices'>): number =>
  Math.max(devices, Math.floor((minutes * rotationsAMinute * Math.min(devices, usualDevices)) / usualDevices))

/** @returns why a run has not shown what it should; empty where it is good */
export function shortcomings({ minutes, devices, violations, rotations, missing }: Outcome): string[] {
  const least = leastRotations({ minutes, devices })
  return [
    ...(violations > 0 ? [`Rules were violated: ${violations}`] : []),
    ...(rotations < least ? [`Too few rotations: ${rotations} of at least ${least}`] : []),
    ...(missing.length > 0 && minutes >= everyKindWithinMinutes
      ? [`Kinds of faults that never happened: ${missing.join(', ')}`]
      : []),
  ]
}

/** What came of it. It is good only where nothing was violated, devices rotated, and every kind of fault had its time. */
export function result(
  chaos: Chaos,
  rules: Rules,
  { ownEnds, beyondMemory, minutes }: { ownEnds: number; beyondMemory: number; minutes: number },
): { text: string; isGood: boolean } {
  const { tally, jobs, devices } = chaos
  const total = rotations(chaos)
  const others = [...new Set(jobs.executions.map(({ end }) => end ?? 'open'))].toSorted()
  const wanting = shortcomings({
    minutes,
    devices: devices.length,
    violations: tally.violations.length,
    rotations: total,
    missing: tally.missing(),
  })
  const lines = [
    ...tally.violations.map(text => `VIOLATION: ${text}`),
    ...wanting,
    tally.line(),
    `executions: ${others.map(end => `${end}=${end === 'open' ? jobs.open().length : ends(chaos, end)}`).join(' ')}`,
    `looks=${rules.looks} certificates-taken-away=${rules.retirements} cores-ended-by-themselves=${ownEnds} ends-beyond-memory=${beyondMemory}`,
    `faults=${tally.faults} rotations=${total} violations=${tally.violations.length}`,
  ]
  return { text: `${lines.join('\n')}\n`, isGood: wanting.length === 0 }
}
