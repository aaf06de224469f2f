import type { CertificateId, CsrDigest } from '@rotator/protocol/ids'
import { initialState } from '../derive.ts'
import type { DeviceEvent } from '../events.ts'
import type { ServiceDigest, State } from '../state.ts'
import type { PlainCloud } from './plain-cloud.ts'
import { newId, oldId, service } from './states.ts'

/** What is to go wrong in one run. */
export interface Misfortune {
  /** At which points the component is killed, and whether Greengrass dies with it. */
  cuts: { at: number; power: boolean }[]
  /** The reply of this number, counted over all, is lost. */
  lostReply?: number
  /** The network is gone from that point on, for that long. */
  outage?: { at: number; lastsMs: number }
  /** NEW is refused by the endpoint: from the start, or only once it is in use. */
  newIsBad?: 'always' | 'when-used'
  probeIsPossible: boolean
  /** The execution times out that long after its begin. */
  timesOutAfterMs?: number
  /** What comes of the first restarts: nothing at all, or only the component restarts. */
  restarts?: ('swallowed' | 'component-only')[]
  /** The journal is lost with the first cut. */
  journalIsLost?: boolean
  /** The store has the execution noted beside the key. */
  storeNotesExecution?: boolean
}

/** One thing with its cloud, its storage, its Greengrass and its component, in the middle of one job. */
export interface Run {
  misfortune: Misfortune
  cloud: PlainCloud
  slots: {
    current: CertificateId
    pending: { csr: CsrDigest; certificate: CertificateId | null } | null
    previous: CertificateId | null
  }
  /** What Greengrass connects with, and how often it has restarted. */
  loaded: CertificateId
  life: number
  /** What dies with the component. */
  state: State
  events: DeviceEvent[]
  timers: Map<string, { atMs: number; event: DeviceEvent }>
  /** What does not. */
  journal: string
  elapsedMs: number
  beganAtMs: number | undefined
  /** How many points were passed, keys made, replies said, replies lost, cuts made, restarts asked for. */
  points: number
  /** Until when nothing gets through. */
  offlineUntilMs: number
  outages: number
  keys: number
  replies: number
  lost: number
  cutsDone: number
  restartsAsked: number
  journalWasLost: boolean
  broken: string[]
}

const lives = 'abcdef0123456789'.split('').map(service)
export const lifeOf = ({ life }: Pick<Run, 'life'>): ServiceDigest =>
  lives[life % lives.length] ?? service('a')

export const begin = (misfortune: Misfortune): Run => ({
  misfortune,
  cloud: { status: 'QUEUED', record: null, active: new Set([oldId]) },
  slots: { current: oldId, pending: null, previous: null },
  loaded: oldId,
  life: 0,
  state: initialState(lifeOf({ life: 0 })),
  events: [],
  timers: new Map(),
  journal: '',
  elapsedMs: 0,
  beganAtMs: undefined,
  points: 0,
  offlineUntilMs: 0,
  outages: 0,
  keys: 0,
  replies: 0,
  lost: 0,
  cutsDone: 0,
  restartsAsked: 0,
  journalWasLost: false,
  broken: [],
})

/** The endpoint's answer to a connection with that certificate. */
export function accepts(run: Run, id: CertificateId | null | undefined): boolean {
  if (id === null || id === undefined || !run.cloud.active.has(id)) return false
  const { newIsBad } = run.misfortune
  const isBad = newIsBad === 'always' || (newIsBad === 'when-used' && run.slots.pending === null)
  return id !== newId || !isBad
}

export const isOffline = (run: Run): boolean => run.elapsedMs < run.offlineUntilMs

export function restartGreengrass(run: Run): void {
  run.life += 1
  run.loaded = run.slots.current
}
