import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'
import type { Log } from '../log.ts'
import type { Timers } from '../timers.ts'
import { compareAttempts, isAcceptedByAll } from './as-well-as.ts'
import type { Attempt } from './finding.ts'
import type { Probe } from './probe.ts'

/** AWS IoT takes one CONNECT a second from one client id; more would look like refusals. */
const spacingMs = 1_500

/** A probe that leaves time between its attempts, and tells in the log what is news about them. */
export function spacedProbe(tryOne: (slot: Slot) => Promise<Attempt>, timers: Timers, log: Log): Probe {
  let rest = Promise.resolve()
  const tell = tellChanges(log)

  async function attempt(slot: Slot): Promise<Attempt> {
    await rest
    const made = await tryOne(slot)
    rest = new Promise(resolve => {
      timers.after(spacingMs, resolve)
    })
    tell(slot, made)
    return made
  }

  return {
    try: async slot => (await attempt(slot)).mqtt.outcome,
    async compare(reference, trial) {
      // Greengrass uses the reference at this moment, so a trial that succeeds at once needs nothing beside it.
      const isReferenceInUse = reference === 'current'
      if (isReferenceInUse && isAcceptedByAll(await attempt(trial))) return { ...notTried, trial: 'accepted' }
      return compareAttempts(await attempt(reference), await attempt(trial), await attempt(reference))
    },
  }
}

const notTried: { before: ProbeOutcome; after: ProbeOutcome } = {
  before: 'impossible',
  after: 'impossible',
}

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
