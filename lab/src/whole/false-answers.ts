import type { CommitRequest } from '@rotator/protocol/messages/commit'
import { isRetryable, type RejectionCode } from '@rotator/protocol/rejection-codes'
import type { Device } from '../fleet/device.ts'
import { passing } from './trial-test.ts'
import type { World } from './world.ts'

/**
 * Rejects commits of a device in place of the backend, which then never hears of them.
 *
 * @param codeFor undefined lets the commit pass
 */
export function rejectCommits(
  world: World,
  device: Device,
  codeFor: (request: CommitRequest) => RejectionCode | undefined,
): void {
  const isCommit = passing(device, 'in', '/certificate/commit')
  world.cloud.services.broker.interfere((passage, deliver) => {
    const request = isCommit(passage) ? (JSON.parse(passage.payload.toString()) as CommitRequest) : undefined
    const code = request && codeFor(request)
    if (request === undefined || code === undefined) return deliver()
    const answer = { errorMsg: code, code, retryable: isRetryable(code), ...request }
    world.cloud.services.broker.publish({
      topic: `${passage.topic}/rejected`,
      payload: Buffer.from(JSON.stringify(answer)),
      qos: 1,
      source: { kind: 'service' },
    })
  })
}
