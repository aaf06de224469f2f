import type { Algorithms } from '@rotator/protocol/algorithms'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { Placement } from '@rotator/rotation/device/effects'
import type { ServiceDigest } from '@rotator/rotation/device/state'
import type { CheckOutcome, FoundIdentities, PendingOutcome } from '../identities/identity-store.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import type { Location } from '../nucleus/locate-identity.ts'
import type { ProbeRequest } from '../probe/attempt.ts'
import type { Attempt } from '../probe/finding.ts'

/** Every order to an identity store names the configured paths. */
interface OnPaths {
  paths: IdentityPaths
}

/**
 * What the component asks of its children: one request in JSON on the child's input, one answer on its output.
 *
 * Everything that touches OpenSSL, the network or the identities' files happens there: the libraries would cost the
 * component's own process more memory than everything else in it. Keys never pass between the two.
 */
export interface Tasks {
  begin: {
    request: { root: string; authToken: string }
    answer: { location: Location; service: ServiceDigest }
  }
  find: { request: OnPaths & { workFolder: string }; answer: FoundIdentities }
  'make-pending': {
    request: OnPaths & { execution: ExecutionId; algorithms: Algorithms; now: number }
    answer: PendingOutcome
  }
  'pending-csr': { request: OnPaths & { csrDigest: CsrDigest }; answer: { csr?: string | undefined } }
  'check-certificate': {
    request: OnPaths & { csrDigest: CsrDigest; certificatePem: string; now: number }
    answer: CheckOutcome
  }
  place: { request: OnPaths & Placement; answer: null }
  drop: { request: OnPaths; answer: null }
  probe: { request: ProbeRequest; answer: Attempt }
}
export type TaskName = keyof Tasks
export type TaskRequest<N extends TaskName> = Tasks[N]['request']
export type TaskAnswer<N extends TaskName> = Tasks[N]['answer']

/** `failure` is a StoreError of the child; without it the child itself has failed. */
export type TaskReply<N extends TaskName = TaskName> =
  | { ok: true; answer: TaskAnswer<N> }
  | { ok: false; message: string; failure?: { code: FailureCode; byHand: boolean } }

/** The argument that tells the bundle to be a child, before the task's name. Nothing else is ever an argument. */
export const taskArgument = '--task'
