import type { CertificateId } from '@rotator/protocol/ids'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { decide } from '../record/decide.ts'
import type { Decided, Issue } from '../record/decision.ts'
import type {
  AttachedPrincipal,
  CommitEvent,
  CreateEvent,
  EndedEvent,
  Facts,
  RecordEvent,
} from '../record/events.ts'
import type { OpenRecord, RecordedIdentities, RotationRecord, SettledRecord } from '../record/record.ts'
import { csr, fresh, going, leftBehind, old, x } from './record-ids.ts'

export const identities: RecordedIdentities = {
  oldSubject: 'a'.repeat(64),
  oldKeyDigest: 'b'.repeat(64),
  newKeyDigest: 'f'.repeat(64),
  oldNotAfterMs: 1_800_000_000_000,
  newNotAfterMs: 1_900_000_000_000,
}

export const openRecord = (
  progress: OpenRecord['progress'],
  differently: Partial<OpenRecord> = {},
): OpenRecord => ({
  progress,
  execution: x,
  oldCertificateId: old,
  newCertificateId: fresh,
  keep: old,
  csrDigest: csr,
  identities,
  turn: 1,
  retiring: [going],
  superseded: [leftBehind],
  unannounced: undefined,
  told: [],
  madeBy: 'v2',
  ...differently,
})

/** As a version 1 backend leaves it: three fields. */
export const version1Record = (progress: 'created' | 'committed'): OpenRecord =>
  openRecord(progress, {
    execution: undefined,
    csrDigest: undefined,
    identities: undefined,
    turn: 0,
    retiring: [],
    superseded: [],
    madeBy: 'v1',
  })

export function settledRecord(stays: 'old' | 'new', differently: Partial<SettledRecord> = {}): SettledRecord {
  const [keep, loser] = stays === 'new' ? [fresh, old] : [old, fresh]
  return {
    ...openRecord('created'),
    progress: 'settled',
    keep,
    retiring: [going, loser],
    tombstone: false,
    toldOf: [],
    ...differently,
  }
}

/** Only the end of an execution is known. */
export const tombstoneRecord = (differently: Partial<SettledRecord> = {}): SettledRecord => ({
  progress: 'settled',
  execution: x,
  oldCertificateId: undefined,
  newCertificateId: undefined,
  keep: undefined,
  csrDigest: undefined,
  identities: undefined,
  turn: 0,
  retiring: [],
  superseded: [],
  unannounced: undefined,
  told: [],
  madeBy: 'v2',
  tombstone: true,
  toldOf: [],
  ...differently,
})

export const create = (differently: Partial<CreateEvent> = {}): CreateEvent => ({
  kind: 'create',
  version: 'v2',
  principal: old,
  execution: x,
  view: 'in-progress',
  csrDigest: csr,
  ...differently,
})

/** By NEW, in the turn of the records above. */
export const commit = (differently: Partial<CommitEvent> = {}): CommitEvent => ({
  kind: 'commit',
  version: 'v2',
  principal: fresh,
  execution: x,
  view: 'in-progress',
  certificateId: differently.principal ?? fresh,
  turn: 1,
  confirmed: false,
  alone: false,
  ...differently,
})

export const ended = (status: EndedEvent['status'], execution: EndedEvent['execution'] = x): EndedEvent => ({
  kind: 'ended',
  execution,
  status,
})

export const attached = (...ids: AttachedPrincipal['certificateId'][]): AttachedPrincipal[] =>
  ids.map(certificateId => ({ certificateId, exclusive: true }))

/** What a handler would read if it were asked to. */
export interface World {
  recordExecution?: Facts['recordExecution']
  eventExecution?: Facts['eventExecution']
  firstLook?: readonly AttachedPrincipal[]
  secondLook?: readonly AttachedPrincipal[]
}

export interface Asked {
  decision: Decided | Issue
  /** The facts that were asked for, in order. */
  needs: string[]
}

/** Decides as a handler does: it reads what is needed and decides again, a few times at most. */
export function decideIn(world: World, record: RotationRecord, event: RecordEvent): Asked {
  const { recordExecution = 'over', eventExecution = 'over', firstLook = [], secondLook = firstLook } = world
  let facts: Facts = {}
  const needs: string[] = []
  for (;;) {
    const decision = decide(record, event, facts)
    if (decision.kind !== 'need') return { decision, needs }
    if (needs.includes(decision.fact)) throw new Error(`asked twice for ${decision.fact}`)
    needs.push(decision.fact)
    if (decision.fact === 'record-execution') facts = { ...facts, recordExecution }
    if (decision.fact === 'event-execution') facts = { ...facts, eventExecution }
    if (decision.fact === 'attached-principals') {
      facts = { ...facts, attached: { look: 'first', principals: firstLook } }
    }
    if (decision.fact === 'attached-principals-again') {
      facts = { ...facts, attached: { look: 'second', principals: secondLook } }
    }
  }
}

/** The whole decision that a test expects; what is not given must not happen. */
export const answer = (row: Decided['row'], parts: Partial<Decided> = {}): Decided => ({
  kind: 'decided',
  row,
  passed: [],
  next: undefined,
  say: { kind: 'silence' },
  queue: [],
  tell: undefined,
  afterTelling: undefined,
  ...parts,
})

export const rejection = (
  code: RejectionCode,
  certificateIds: readonly CertificateId[] = [],
): Decided['say'] => ({ kind: 'rejected', code, certificateIds })
