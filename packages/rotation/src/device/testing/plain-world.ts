import type { CertificateId, CsrDigest } from '@rotator/protocol/ids'
import { advance } from '../advance.ts'
import type { ProbeOutcome } from '../comparison.ts'
import { initialState } from '../derive.ts'
import type { Effect, Slot } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { decodeJournal, encodeJournal } from '../journal.ts'
import type { State } from '../state.ts'
import { configured, document } from './events.ts'
import { commit, create, end, isOpen, type PlainCloud, update } from './plain-cloud.ts'
import { brokenRules } from './rules.ts'
import { csrDigest, newId, oldId, service, x } from './states.ts'

/** What is to go wrong in one run. Points are counted: each journal write and each effect has one before and one after. */
export interface Misfortune {
  /** Where the component is killed, and whether Greengrass dies with it. */
  cuts: { at: number; power: boolean }[]
  /** The reply of this number, counted over all, is lost. */
  lostReply?: number
  /** NEW is refused by the endpoint: from the start, or only once it is in use. */
  newIsBad?: 'always' | 'when-used'
  probeIsPossible: boolean
  /** The execution times out that long after its begin. */
  timesOutAfterMs?: number
  /** The journal is lost with the first cut. */
  journalIsLost?: boolean
  /** The store has the execution noted beside the key. */
  storeNotesExecution?: boolean
}

export interface World {
  cloud: PlainCloud
  slots: {
    current: CertificateId
    pending: { csr: CsrDigest; certificate: CertificateId | null } | null
    previous: CertificateId | null
  }
  state: State
  journal: string
  /** How many points were passed, cuts and losses happened, and what rules were broken. */
  points: number
  cutsDone: number
  lost: number
  broken: string[]
  elapsedMs: number
}

class PowerCut extends Error {}

const lives = ['a', 'b', 'c', 'd', 'e', 'f', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map(service)

/** Runs one thing through one job until nothing more happens, or for a day. */
export function live(misfortune: Misfortune): World {
  const events: DeviceEvent[] = []
  const timers = new Map<string, { atMs: number; event: DeviceEvent }>()
  let life = 0
  let keys = 0
  let wasLost = false
  let replies = 0
  let loaded: CertificateId = oldId
  let beganAtMs: number | undefined
  const lifeDigest = () => lives[life % lives.length] ?? service('a')
  const world: World = {
    cloud: { status: 'QUEUED', record: null, active: new Set([oldId]) },
    slots: { current: oldId, pending: null, previous: null },
    state: initialState(lifeDigest()),
    journal: '',
    points: 0,
    cutsDone: 0,
    lost: 0,
    broken: [],
    elapsedMs: 0,
  }
  const { cloud, slots } = world

  const point = () => {
    const cut = misfortune.cuts.find(({ at }) => at === world.points)
    world.points += 1
    if (cut === undefined) return
    world.cutsDone += 1
    events.length = 0
    timers.clear()
    if (cut.power) restartGreengrass()
    throw new PowerCut()
  }
  const restartGreengrass = () => {
    life += 1
    loaded = slots.current
  }
  const accepts = (id: CertificateId | null | undefined): boolean => {
    if (id === null || id === undefined || !cloud.active.has(id)) return false
    const isBad =
      misfortune.newIsBad === 'always' || (misfortune.newIsBad === 'when-used' && slots.pending === null)
    return !(id === newId && isBad)
  }
  const say = (answer: () => DeviceEvent) => {
    if (!accepts(loaded)) return
    const reply = answer()
    replies += 1
    if (replies === misfortune.lostReply) world.lost += 1
    else events.push(reply)
  }
  const probe = (slot: Slot): ProbeOutcome => {
    if (!misfortune.probeIsPossible) return 'impossible'
    const id = slot === 'pending' ? slots.pending?.certificate : slots[slot]
    return accepts(id) ? 'accepted' : 'refused'
  }
  const job = (): DeviceEvent => ({
    kind: 'next-job',
    execution: isOpen(cloud) ? { ...x, status: cloud.status, jobDocument: document } : undefined,
    configured,
  })
  const place = (
    placement: { current: CertificateId; previous: CertificateId },
    kind: 'installed' | 'rolled-back' | 'rolled-forward',
  ) => {
    Object.assign(slots, { current: placement.current, previous: placement.previous })
    if (kind === 'installed') slots.pending = null
    events.push({ kind })
  }

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'publish-create':
        return say(() => create(cloud, loaded, effect.csrDigest))
      case 'publish-commit':
        return say(() => commit(cloud, loaded, effect.request))
      case 'update-job':
        return say(() => {
          beganAtMs ??= world.elapsedMs
          return update(cloud, effect)
        })
      case 'get-next-job':
        return say(job)
      case 'get-job':
        return say(() => ({ kind: 'job-described', execution: { ...x, status: cloud.status }, configured }))
      case 'make-pending':
        keys += 1
        slots.pending = { csr: csrDigest(String(keys % 10)), certificate: null }
        return void events.push({
          kind: 'pending-made',
          csrDigest: slots.pending.csr,
          oldCertificateId: slots.current,
        })
      case 'check-certificate':
        if (slots.pending !== null) slots.pending.certificate = newId
        return void events.push({ kind: 'certificate-usable', certificateId: newId })
      case 'compare':
        return void events.push({
          kind: 'compared',
          comparison: {
            before: probe(effect.reference),
            trial: probe(effect.trial),
            after: probe(effect.reference),
          },
        })
      case 'probe-current':
        return void events.push({ kind: 'current-probed', outcome: probe('current') })
      case 'install':
        return place(effect, 'installed')
      case 'roll-back':
        return place(effect, 'rolled-back')
      case 'roll-forward':
        return place(effect, 'rolled-forward')
      case 'drop-identities':
        Object.assign(slots, { pending: null, previous: null })
        return void events.push({ kind: 'identities-dropped' })
      case 'restart-service':
        events.length = 0
        timers.clear()
        restartGreengrass()
        throw new PowerCut()
      case 'arm-timer':
        return void timers.set(effect.name, {
          atMs: world.elapsedMs + effect.afterMs,
          event: { kind: 'timer', name: effect.name, phase: effect.phase },
        })
      case 'undo-install':
      case 'defer-updates':
      case 'allow-updates':
        return undefined
    }
  }

  const found = (): Found => ({
    current: slots.current,
    pending: slots.pending?.csr ?? null,
    previous: slots.previous,
    newer: slots.current === newId ? 'current' : 'previous',
    execution: misfortune.storeNotesExecution === true ? x : null,
  })
  const start = () => {
    if (misfortune.journalIsLost === true && world.cutsDone > 0 && !wasLost) {
      world.journal = ''
      wasLost = true
    }
    const read = decodeJournal(world.journal)
    world.state = read.ok ? read.value : initialState(lifeDigest())
    events.push({ kind: 'started', found: found(), service: lifeDigest() })
  }
  const step = (event: DeviceEvent) => {
    const taken = advance(world.state, event)
    world.broken.push(...brokenRules(world.state, event, taken))
    const text = encodeJournal(taken.state)
    world.state = taken.state
    if (text !== world.journal) {
      point()
      world.journal = text
      point()
    }
    for (const effect of taken.effects) {
      point()
      perform(effect)
      if (![slots.current, slots.previous].some(accepts))
        world.broken.push('an identity that is accepted is held')
    }
    point()
  }
  const nextTimer = (): DeviceEvent | undefined => {
    const [name, first] = [...timers].sort(([, a], [, b]) => a.atMs - b.atMs)[0] ?? []
    if (name === undefined || first === undefined) return undefined
    timers.delete(name)
    world.elapsedMs = Math.max(world.elapsedMs, first.atMs)
    return first.event
  }

  start()
  for (let steps = 0; steps < 20_000 && world.elapsedMs < 24 * 3_600_000; steps += 1) {
    const over =
      beganAtMs !== undefined && world.elapsedMs - beganAtMs >= (misfortune.timesOutAfterMs ?? Infinity)
    if (over && isOpen(cloud)) end(cloud, 'TIMED_OUT')
    const isAtRest = events.length === 0 && world.state.phase === 'idle' && !isOpen(cloud)
    if (isAtRest) break
    try {
      step(events.shift() ?? nextTimer() ?? { kind: 'service-restarted', service: lifeDigest() })
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      start()
    }
  }
  return world
}
