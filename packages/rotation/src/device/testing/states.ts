import type { CertificateId, CsrDigest, ExecutionId, JobId } from '@rotator/protocol/ids'
import { certificateIdSchema, csrDigestSchema, jobIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { freshLive, type Live } from '../live.ts'
import {
  type Failure,
  type In,
  type Phase,
  type ServiceDigest,
  type State,
  serviceDigestSchema,
} from '../state.ts'

/** One plausible state a phase, and the names that the tests of the phases speak of. */

export const jobId = (text: string): JobId => v.parse(jobIdSchema, text)
export const certificateId = (digit: string): CertificateId => v.parse(certificateIdSchema, digit.repeat(64))
export const csrDigest = (digit: string): CsrDigest => v.parse(csrDigestSchema, digit.repeat(64))
export const service = (digit: string): ServiceDigest => v.parse(serviceDigestSchema, digit.repeat(64))

export const oldId = certificateId('1')
export const newId = certificateId('2')
export const strangeId = certificateId('3')
export const myCsr = csrDigest('c')
export const otherCsr = csrDigest('d')
/** Two lives of Greengrass. */
export const before = service('a')
export const after = service('b')
export const x: ExecutionId = { jobId: jobId('rotation-1'), executionNumber: 2 }
export const failure: Failure = { code: 'ROLLED_BACK', reason: 'The endpoint refused it.' }
/** What was silent could be heard, unless it is said otherwise. */
export const live = (changes: Partial<Live> = {}): Live => ({
  ...freshLive,
  listenedMs: changes.silentMs ?? 0,
  ...changes,
})

const always = { service: before, restarts: 0, live: freshLive }
const rotation = { ...always, execution: x, backend: 'v2' } as const
const switched = {
  ...rotation,
  oldCertificateId: oldId,
  newCertificateId: newId,
  turn: 0,
  repeated: false,
  adopted: false,
  blind: false,
} as const

export const states: { [P in Phase]: In<P> } = {
  idle: { phase: 'idle', ...always, making: null, leftover: null, unread: null },
  ask: {
    phase: 'ask',
    ...rotation,
    extended: false,
    csrDigest: myCsr,
    oldCertificateId: oldId,
    begun: true,
  },
  check: {
    phase: 'check',
    ...rotation,
    csrDigest: myCsr,
    oldCertificateId: oldId,
    certificatePem: 'PEM',
    announcedId: newId,
    newCertificateId: newId,
  },
  install: { phase: 'install', ...switched, undo: null },
  restart: { phase: 'restart', ...switched, before, failure: null },
  commit: { phase: 'commit', ...switched, refusal: null, over: false, alone: false },
  finish: { phase: 'finish', ...switched, repeated: true, refusal: null, over: false },
  rollback: { phase: 'rollback', ...switched, turn: 1, failure },
  consent: { phase: 'consent', ...switched, turn: 1, failure, alone: false, overruled: false },
  forward: { phase: 'forward', ...switched, turn: 2 },
  fail: { phase: 'fail', ...always, execution: x, failure, begun: true, unread: false },
  close: { phase: 'close', ...always },
}

/** The states that differ in what their phase does: enough to meet every branch of every phase. */
export const manyStates: State[] = [
  ...Object.values(states),
  {
    ...states.idle,
    making: {
      execution: x,
      algorithms: { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' },
      extended: false,
    },
  },
  { ...states.idle, leftover: { side: 'new', oldCertificateId: oldId, newCertificateId: newId } },
  { ...states.idle, leftover: { side: 'old', oldCertificateId: oldId, newCertificateId: newId } },
  { ...states.idle, unread: failure },
  { ...states.ask, begun: false, backend: 'unknown' },
  { ...states.ask, backend: 'unknown' },
  { ...states.ask, backend: 'v1' },
  { ...states.ask, backend: 'v1', extended: true },
  { ...states.check, newCertificateId: null },
  { ...states.check, live: live({ look: 'probing', evidence: 2 }) },
  { ...states.check, live: live({ look: 'waiting' }) },
  { ...states.check, live: live({ look: 'probing', outOfReach: 10 }) },
  { ...states.install, undo: 'no space' },
  { ...states.restart, before: after },
  { ...states.restart, before: after, failure },
  { ...states.restart, restarts: 3 },
  { ...states.commit, restarts: 2 },
  { ...states.commit, adopted: true, repeated: true },
  { ...states.commit, backend: 'v1' },
  { ...states.commit, backend: 'v1', repeated: true, over: true },
  { ...states.commit, refusal: failure, live: live({ look: 'probing' }) },
  { ...states.commit, alone: true },
  { ...states.commit, alone: true, refusal: failure },
  { ...states.commit, alone: true, live: live({ look: 'probing', silentMs: 600_000, evidence: 2 }) },
  { ...states.commit, live: live({ bareAnswers: 2, bareAt: 1, attempt: 2 }) },
  { ...states.finish, over: true, live: live({ bareAnswers: 2, bareAt: 1, attempt: 2 }) },
  { ...states.commit, live: live({ look: 'probing', silentMs: 600_000, evidence: 2 }) },
  { ...states.commit, live: live({ look: 'waiting', silentMs: 60_000 }) },
  { ...states.finish, over: true },
  { ...states.finish, over: true, restarts: 1 },
  { ...states.finish, backend: 'v1' },
  { ...states.finish, over: true, refusal: failure, live: live({ look: 'probing' }) },
  { ...states.finish, live: live({ look: 'probing', silentMs: 600_000, evidence: 2 }) },
  { ...states.consent, adopted: true },
  { ...states.consent, restarts: 1 },
  {
    ...states.consent,
    backend: 'unknown',
    live: live({ look: 'probing', silentMs: 1_200_000, evidence: 2 }),
  },
  { ...states.consent, alone: true },
  { ...states.consent, alone: true, overruled: true },
  { ...states.consent, alone: true, live: live({ look: 'probing', silentMs: 1_200_000, evidence: 2 }) },
  { ...states.fail, begun: false },
  { ...states.fail, unread: true },
  { ...states.fail, begun: false, unread: true },
  { ...states.fail, live: live({ look: 'probing', silentMs: 600_000 }) },
]
