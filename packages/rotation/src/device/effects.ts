import type { Algorithms } from '@rotator/protocol/algorithms'
import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { CommitRequest } from '@rotator/protocol/messages/commit'
import type { StatusDetails } from '@rotator/protocol/messages/status-details'
import type { Phase } from './state.ts'

export type Slot = 'current' | 'pending' | 'previous'

/**
 * `again`: repeat what the phase asks or does. `look`: compare the identities once more. `restart`: the
 * window before the next restart has passed. `settle`: a version 1 backend has had time to tidy up.
 */
export type TimerName = 'again' | 'look' | 'restart' | 'settle'

/** Which identity is to stand in which slot; doing it again changes nothing. */
export interface Placement {
  current: CertificateId
  previous: CertificateId
}

/**
 * Orders to the loop. Each is harmless when done twice, since a restart of the component repeats them.
 *
 * An arrow names the events that are the outcome. Exactly one comes, within the loop's own time limit, unless
 * it says "or nothing yet": then the loop logs why, and a timer of the phase gives the order again.
 */
export type Effect =
  /** Publish the request to sign the pending CSR of that digest; `pending-lost` where it is gone. */
  | { kind: 'publish-create'; execution: ExecutionId; csrDigest: CsrDigest }
  | { kind: 'publish-commit'; request: CommitRequest }
  | {
      kind: 'update-job'
      execution: ExecutionId
      status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'
      statusDetails: StatusDetails
      clientToken: string
    }
  /** Get `$next` without its document, which may be another team's and long. */
  | { kind: 'get-next-job' }
  /** Get one execution; with the document to see whether it is ours, without it to see whether it is over. */
  | { kind: 'get-job'; execution: ExecutionId; includeJobDocument: boolean; clientToken: string }
  /**
   * Refuse, or make key and CSR in the pending slot, durably, replacing what is there. The store may note
   * the execution beside the key, for a device whose journal is lost. → `pending-made`, `pending-not-made`
   */
  | { kind: 'make-pending'; execution: ExecutionId; algorithms: Algorithms }
  /** → `certificate-usable`, `certificate-unusable`, `certificate-undecided`, `pending-lost` */
  | { kind: 'check-certificate'; csrDigest: CsrDigest; certificatePem: string }
  /** Probe the reference, the one on trial, and the reference again. → `compared` */
  | { kind: 'compare'; reference: Slot; trial: Slot }
  /** → `current-probed` */
  | { kind: 'probe-current' }
  /** Pending becomes current, current becomes previous. → `installed`, `install-failed` */
  | ({ kind: 'install' } & Placement)
  /** Put current back as it was before an install that failed. → `install-undone`, or nothing yet */
  | ({ kind: 'undo-install' } & Placement)
  /** Previous becomes current; NEW is kept as previous. → `rolled-back`, `previous-lost`, or nothing yet */
  | ({ kind: 'roll-back' } & Placement)
  /** NEW becomes current again; OLD is kept as previous. → `rolled-forward`, `previous-lost`, or nothing yet */
  | ({ kind: 'roll-forward' } & Placement)
  /** Drop the pending and the previous identity. → `identities-dropped`, or nothing yet */
  | { kind: 'drop-identities' }
  /** Restart Greengrass so that it connects with current. No outcome: its next life is the outcome. */
  | { kind: 'restart-service' }
  /** Replaces a timer of the same name. Waits `afterMs`, give or take up to `spreadMs` at random. */
  | { kind: 'arm-timer'; name: TimerName; phase: Phase; afterMs: number; spreadMs: number }
  | { kind: 'defer-updates' }
  | { kind: 'allow-updates' }

export type EffectKind = Effect['kind']
