import { advance } from '../advance.ts'
import { initialState } from '../derive.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { decodeJournal, encodeJournal } from '../journal.ts'
import { end, isOpen } from './plain-cloud.ts'
import { perform } from './plain-effects.ts'
import { accepts, begin, lifeOf, type Misfortune, type Run, restartGreengrass } from './plain-run.ts'
import { brokenRules } from './rules.ts'
import { newId, x } from './states.ts'

const dayMs = 24 * 3_600_000

/** The component has died; what it had in memory is gone. */
class Death extends Error {}

/** Runs one thing through one job until nothing more happens, or for a day after the network is back. */
export function live(misfortune: Misfortune): Run {
  const run = begin(misfortune)
  start(run)
  const untilMs = dayMs + (misfortune.outage?.lastsMs ?? 0)
  for (let steps = 0; steps < 200_000 && run.elapsedMs < untilMs; steps += 1) {
    const { cloud, events, state, beganAtMs = Infinity } = run
    if (isOpen(cloud) && run.elapsedMs - beganAtMs >= (misfortune.timesOutAfterMs ?? Infinity)) {
      end(cloud, 'TIMED_OUT')
    }
    if (events.length === 0 && state.phase === 'idle' && !isOpen(cloud)) return run
    try {
      step(run, events.shift() ?? nextTimer(run))
    } catch (error) {
      if (!(error instanceof Death)) throw error
      start(run)
    }
  }
  return run
}

/** The loop of the real component: advance, journal what changed, then perform; a point before and after each. */
function step(run: Run, event: DeviceEvent): void {
  const taken = advance(run.state, event)
  run.broken.push(...brokenRules(run.state, event, taken))
  run.state = taken.state
  const text = encodeJournal(taken.state)
  if (text !== run.journal) {
    point(run)
    run.journal = text
  }
  for (const effect of taken.effects) {
    point(run)
    order(run, effect)
    const { current, previous } = run.slots
    if (!accepts(run, current) && !accepts(run, previous)) run.broken.push('an accepted identity is held')
  }
  point(run)
}

function order(run: Run, effect: Effect): void {
  if (effect.kind === 'restart-service') return restart(run)
  if (effect.kind !== 'arm-timer') return perform(run, effect)
  const { name, phase, afterMs } = effect
  run.timers.set(name, { atMs: run.elapsedMs + afterMs, event: { kind: 'timer', name, phase } })
}

function restart(run: Run): void {
  const what = run.misfortune.restarts?.[run.restartsAsked]
  run.restartsAsked += 1
  if (what === 'swallowed') return
  if (what === undefined) restartGreengrass(run)
  die(run)
}

function point(run: Run): void {
  const cut = run.misfortune.cuts.find(({ at }) => at === run.points)
  const { outage } = run.misfortune
  if (outage?.at === run.points) {
    run.offlineUntilMs = run.elapsedMs + outage.lastsMs
    run.outages += 1
  }
  run.points += 1
  if (cut === undefined) return
  run.cutsDone += 1
  if (cut.power) restartGreengrass(run)
  die(run)
}

function die(run: Run): never {
  run.events.length = 0
  run.timers.clear()
  throw new Death()
}

function start(run: Run): void {
  if (run.misfortune.journalIsLost === true && run.cutsDone > 0 && !run.journalWasLost) {
    run.journal = ''
    run.journalWasLost = true
  }
  const read = decodeJournal(run.journal)
  run.state = read.ok ? read.value : initialState(lifeOf(run))
  run.events.push({ kind: 'started', found: found(run), service: lifeOf(run) })
}

const found = ({ slots, misfortune }: Run): Found => ({
  current: slots.current,
  pending: slots.pending?.csr ?? null,
  previous: slots.previous,
  newer: slots.current === newId ? 'current' : 'previous',
  execution: misfortune.storeNotesExecution === true ? x : null,
})

function nextTimer(run: Run): DeviceEvent {
  const [first] = [...run.timers].sort(([, a], [, b]) => a.atMs - b.atMs)
  if (first === undefined) throw new Error(`nothing will ever happen in ${run.state.phase}`)
  const [name, { atMs, event }] = first
  run.timers.delete(name)
  run.elapsedMs = Math.max(run.elapsedMs, atMs)
  return event
}
