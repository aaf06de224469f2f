import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { isRetryable, type RejectionCode, rejectionCodes } from '@rotator/protocol/rejection-codes'
import { accepted, certificateTopics, rejected } from '@rotator/protocol/topics'
import type { Replies } from './aws/replies.ts'
import type { Echo } from './device-request.ts'

/** Whom a reply goes to, and what it answers. */
export interface Addressee {
  thing: ThingName
  version: 'v1' | 'v2'
  echo: Echo
}

export interface Refusal {
  code: RejectionCode
  /** What it is in this case, for the operator who reads the job's failure reason. */
  problem?: string
  certificateIds?: readonly CertificateId[]
}

/** Replies to one kind of request. */
export interface DeviceReplies {
  accept(to: Addressee, payload: object): Promise<void>
  reject(to: Addressee, refusal: Refusal): Promise<void>
}

/**
 * A device of version 1 handles a reply that comes twice as two, so it gets each at most once; it also takes every
 * rejection on its topic as its own, so it gets none for a stranger's request.
 */
export function deviceReplies(replies: Replies, request: 'create' | 'commit'): DeviceReplies {
  const qosOf = ({ version }: Addressee) => (version === 'v1' ? 0 : 1)
  return {
    async accept(to, payload) {
      await replies.publish(accepted(certificateTopics[request](to.thing)), payload, qosOf(to))
    },
    async reject(to, { code, problem, certificateIds = [] }) {
      if (to.version === 'v1' && code === 'CLIENT_ID_MISMATCH') return
      const details = [problem, certificateIds.length > 0 ? certificateIds.join(', ') : undefined]
        .filter(detail => detail !== undefined)
        .join('; ')
      const { meaning } = rejectionCodes[code]
      const errorMsg = details === '' ? meaning : `${meaning} (${details})`
      const payload = { ...to.echo, errorMsg, code, retryable: isRetryable(code) }
      await replies.publish(rejected(certificateTopics[request](to.thing)), payload, qosOf(to))
    },
  }
}
