import type { Comparison } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'
import { probeSpacingMs } from '@rotator/rotation/device/times'
import type { Log } from '../log.ts'
import type { Timers } from '../timers.ts'
import { compareAttempts, isAcceptedByAll } from './as-well-as.ts'
import type { Attempt } from './finding.ts'
import type { Probe } from './probe.ts'

/** A probe that leaves time between its attempts, and tells in the log what is news about them. */
export function spacedProbe(tryOne: (slot: Slot) => Promise<Attempt>, timers: Timers, log: Log): Probe {
  let rest = Promise.resolve()
  const tell = tellChanges(log)

  async function attempt(slot: Slot): Promise<Attempt> {
    await rest
    const made = await tryOne(slot)
    rest = new Promise(resolve => {
      timers.after(probeSpacingMs, resolve)
    })
    tell(slot, made)
    return made
  }

  return {
    try: async slot => (await attempt(slot)).mqtt.outcome,
    compare: async (reference, trial) =>
      (reference === 'current' ? await inPassing(trial) : undefined) ?? beside(reference, trial),
  }

  /**
   * Greengrass uses the reference at this moment, so an identity that is accepted at once needs nothing beside it.
   * One that cannot be tried has to wait; beside it the reference shows whether the endpoint is reached at all.
   */
  async function inPassing(trial: Slot): Promise<Comparison | undefined> {
    const tried = await attempt(trial)
    if (isAcceptedByAll(tried)) return { before: 'impossible', trial: 'accepted', after: 'impossible' }
    if (!isUnreachable(tried)) return undefined
    const { outcome } = (await attempt('current')).mqtt
    return { before: outcome, trial: 'unreachable', after: outcome }
  }

  /** Where even the reference is out of reach a third attempt, with its time-out, would show nothing. */
  async function beside(reference: Slot, trial: Slot): Promise<Comparison> {
    const before = await attempt(reference)
    const tried = await attempt(trial)
    return compareAttempts(before, tried, isUnreachable(before) ? before : await attempt(reference))
  }
}

const isUnreachable = ({ mqtt }: Attempt): boolean => mqtt.outcome === 'unreachable'

/** In a long outage every attempt comes to the same, and one line says it. */
function tellChanges(log: Log): (slot: Slot, attempt: Attempt) => void {
  const told = new Map<Slot, string>()
  return (slot, attempt) => {
    const text = Object.entries(attempt)
      .map(([endpoint, { outcome, why }]) => `${endpoint} ${outcome} (${why})`)
      .join(', ')
    const isAccepted = isAcceptedByAll(attempt)
    const isNews = told.has(slot) ? told.get(slot) !== text : !isAccepted
    told.set(slot, text)
    if (isNews) log(isAccepted ? 'info' : 'warn', `The ${slot} identity was tried: ${text}.`)
  }
}
