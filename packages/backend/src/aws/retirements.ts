import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Retirement } from '../retire-certificate/retirement.ts'

/** The queue of certificates to retire. It may deliver twice, late, and in any order. */
export interface Retirements {
  /** @param delaySeconds at most {@link longestDelaySeconds} */
  add(retirements: readonly Retirement[], delaySeconds: number): Promise<void>
}

/** The longest that SQS holds a message back. */
export const longestDelaySeconds = 900
/** The most messages that SQS takes at once. */
const batchSize = 10

export function sqsRetirements(client: SQSClient, queueUrl: string): Retirements {
  return {
    async add(retirements, delaySeconds) {
      for (let from = 0; from < retirements.length; from += batchSize) {
        const Entries = retirements.slice(from, from + batchSize).map((retirement, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(retirement),
          DelaySeconds: delaySeconds,
        }))
        const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
        const [failed] = Failed ?? []
        if (failed !== undefined) {
          throw new Error(`SQS did not take every retirement (${failed.Code}); the event is handled again`)
        }
      }
    },
  }
}
