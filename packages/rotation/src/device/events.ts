import type { AlgorithmNames } from '@rotator/protocol/algorithm-names'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { CommitAccepted } from '@rotator/protocol/messages/commit'
import type { CreateAccepted } from '@rotator/protocol/messages/create'
import type { JobExecution, JobRejected } from '@rotator/protocol/messages/jobs'
import type { Rejected } from '@rotator/protocol/messages/rejected'
import type { Comparison, ProbeOutcome } from './comparison.ts'
import type { TimerName } from './effects.ts'
import type { Failure, Phase, ServiceDigest } from './state.ts'

/**
 * The identities that are stored, told by digests of what was read. A version 1 component's backup counts as
 * previous. The store repairs a torn current identity before it says what it found.
 */
export interface Found {
  /** Null where the configured certificate and key are missing or do not belong together. */
  current: CertificateId | null
  /** The key and CSR in the pending slot. */
  pending: CsrDigest | null
  previous: CertificateId | null
  /** Which of current and previous was made later, as generations or a version 1 backup tell. */
  newer: 'current' | 'previous'
  /** The execution that the later one was made for, where the store has it noted beside the key. */
  execution: ExecutionId | null
}

/** The configuration as it stands, unchecked: what was there at the start may be anything. */
export type Configured = AlgorithmNames

/** What came over MQTT, parsed. Any of them proves that Greengrass is connected. */
export type Message =
  /** `notify-next`, or the answer to a get of `$next`; undefined where nothing is pending. */
  | { kind: 'next-job'; execution: JobExecution | undefined; configured: Configured }
  /** A get of `$next` was rejected; the poll asks again. */
  | { kind: 'next-job-rejected' }
  | { kind: 'job-described'; execution: JobExecution; configured: Configured }
  /** A get of that job was rejected. */
  | { kind: 'job-not-described'; jobId: string; rejection: JobRejected }
  | { kind: 'job-update-accepted'; jobId: string; clientToken: string | undefined }
  | { kind: 'job-update-rejected'; jobId: string; rejection: JobRejected }
  | { kind: 'create-accepted'; reply: CreateAccepted }
  | { kind: 'create-rejected'; reply: Rejected }
  | { kind: 'commit-accepted'; reply: CommitAccepted }
  | { kind: 'commit-rejected'; reply: Rejected }

/** How the device's own effects came out. */
export type Outcome =
  | { kind: 'pending-made'; csrDigest: CsrDigest; oldCertificateId: CertificateId }
  /** Refused before anything was made, or it could not be made. */
  | { kind: 'pending-not-made'; code: FailureCode; reason: string }
  /** The key or the CSR of that digest is not in the pending slot any more. */
  | { kind: 'pending-lost' }
  /** It belongs to the pending key, signs and verifies, and was stored beside it. */
  | { kind: 'certificate-usable'; certificateId: CertificateId }
  | { kind: 'certificate-unusable'; reason: string }
  /** It cannot be judged yet, because the clock of the device is not plausible. */
  | { kind: 'certificate-undecided' }
  | { kind: 'compared'; comparison: Comparison }
  | { kind: 'current-probed'; outcome: ProbeOutcome }
  | { kind: 'installed' }
  | { kind: 'install-failed'; reason: string }
  | { kind: 'install-undone' }
  | { kind: 'rolled-back' }
  | { kind: 'rolled-forward' }
  /** It cannot be rolled back, or forward, now or later: that identity is not stored any more. */
  | { kind: 'previous-lost' }
  | { kind: 'identities-dropped' }

export type DeviceEvent =
  /** What is stored was read: the first event of a process, and later whenever something else may have changed it. */
  | { kind: 'started'; found: Found; service: ServiceDigest }
  /**
   * In place of it where what is stored cannot be read, and could not for a while: only in phases that can do without.
   * `started` follows as soon as it can.
   */
  | { kind: 'unreadable'; failure: Failure; service: ServiceDigest }
  /** Greengrass restarted its connection without restarting the component (Nucleus Lite). */
  | { kind: 'service-restarted'; service: ServiceDigest }
  /**
   * Counts only in the phase that armed it. `deaf`: at some moment since then no reply could have arrived, because
   * this component is not let, or not able, to subscribe; that says nothing about Greengrass's own connection.
   */
  | { kind: 'timer'; name: TimerName; phase: Phase; deaf?: boolean }
  | Message
  | Outcome

export type EventKind = DeviceEvent['kind']
