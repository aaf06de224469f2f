import type { CertificateCheckRequest } from './check-certificate.ts'
import type { IdentityPaths } from './inspect-identity.ts'
import type { MakePendingRequest } from './make-pending.ts'

/** What the parent asks of its child: one request in JSON on its input, one answer in JSON on its output. */
export interface TaskRequests {
  'locate-identity': { root: string }
  'inspect-identity': IdentityPaths
  'make-pending': MakePendingRequest
  'check-certificate': CertificateCheckRequest
}
export type TaskName = keyof TaskRequests

/** `code` is the name of a file error, such as ENOSPC, or `UNKNOWN`. */
export type TaskAnswer = { ok: true; value: unknown } | { ok: false; code: string; message: string }

/** The argument that tells the bundle to be a child, before the task's name. Nothing else is ever an argument. */
export const taskArgument = '--task'
