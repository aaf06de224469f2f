import type { Algorithms } from '@rotator/protocol/algorithms'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { Placement } from '@rotator/rotation/device/effects'
import type { ServiceDigest } from '@rotator/rotation/device/state'
import type { CheckOutcome, FoundIdentities, PendingOutcome } from '../identities/identity-store.ts'
import type { TokenSettingsOnWire } from '../identities/pkcs11/token-settings.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import type { Location } from '../nucleus/locate-identity.ts'
import type { ProbeRequest } from '../probe/attempt.ts'
import type { Attempt } from '../probe/finding.ts'

/** Which identities an order is about. The PIN of a token is on the child's input, and in no argument or variable. */
export type Identities = { paths: IdentityPaths } | { token: TokenSettingsOnWire }

/** What an identity store, or the home of its keys, is asked for. */
export interface Orders {
  /** `workFolder`: where a version 1 component may have left files. */
  find: { order: { workFolder: string }; answer: FoundIdentities }
  'make-pending': {
    order: { execution: ExecutionId; algorithms: Algorithms; now: number }
    answer: PendingOutcome
  }
  'pending-csr': { order: { csrDigest: CsrDigest }; answer: { csr?: string | undefined } }
  'check-certificate': {
    order: { csrDigest: CsrDigest; certificatePem: string; now: number }
    answer: CheckOutcome
  }
  place: { order: Placement; answer: null }
  drop: { order: { isLastTry?: boolean }; answer: null }
  /** Only a token is asked whether it can do them. */
  'judge-algorithms': { order: { algorithms: Algorithms }; answer: { refusal?: string | undefined } }
}
export type OrderName = keyof Orders

type OrderTasks = {
  [N in OrderName]: { request: Identities & Orders[N]['order']; answer: Orders[N]['answer'] }
}

/**
 * What the component asks of its children: one request in JSON on the child's input, one answer on its output.
 *
 * Everything that touches OpenSSL, the network, the identities' files or a token happens there: the libraries would cost
 * the component's own process more memory than everything else in it. Keys never pass between the two.
 */
export interface Tasks extends OrderTasks {
  begin: {
    request: { root: string; authToken: string }
    answer: { location: Location; service: ServiceDigest }
  }
  probe: { request: ProbeRequest; answer: Attempt }
}
export type TaskName = keyof Tasks
export type TaskRequest<N extends TaskName> = Tasks[N]['request']
export type TaskAnswer<N extends TaskName> = Tasks[N]['answer']

/** `failure` is a StoreError of the child; without it the child itself has failed. */
export type TaskReply<N extends TaskName = TaskName> =
  | { ok: true; answer: TaskAnswer<N> }
  | { ok: false; message: string; failure?: { code: FailureCode; lookAgain: boolean } }

/** The argument that tells the bundle to be a child, before the task's name. Nothing else is ever an argument. */
export const taskArgument = '--task'
