import { AwsError } from '../api/aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Queue } from '../sqs/queue.ts'
import type { InvocationResult } from './function-instance.ts'
import { pause } from './pause.ts'
import { queueEvent, succeeded } from './queue-event.ts'

export interface EventSourceMapping {
  id: string
  functionName: string
  queueArn: string
  batchSize: number
  reportBatchItemFailures: boolean
  maximumConcurrency: number
  enabled: boolean
}

export interface MappingDependencies {
  clock: Clock
  region: string
  queueOf: (arn: string) => Queue | undefined
  invoke: (functionName: string, event: Buffer) => Promise<InvocationResult>
  /** Throws where the function's role does not allow the action on the queue. */
  demand: (action: string) => void
  /** Told why the queue could not be polled, or what was handled not removed from it. */
  failed: (reason: string) => void
}

/** What Lambda does at the queue as the function's role. Source: Lambda Developer Guide, "Using Lambda with Amazon SQS". */
export const mappingActions = ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes', 'sqs:DeleteMessage'] as const

const waitSeconds = 20
const throttledWaitMs = 1000

/**
 * Polls a queue and invokes the function with what it finds, until it is stopped. Messages of a failed batch stay in
 * the queue: they come again when their visibility timeout ends, and its redrive policy gives them up.
 */
export function startMapping(
  mapping: EventSourceMapping,
  deps: MappingDependencies,
): { stop(): Promise<void> } {
  const abort = new AbortController()

  function may(action: (typeof mappingActions)[number]): boolean {
    try {
      deps.demand(action)
      return true
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      deps.failed(error.message)
      return false
    }
  }

  const mayPoll = () => may('sqs:GetQueueAttributes') && may('sqs:ReceiveMessage')

  async function poll(): Promise<void> {
    while (!abort.signal.aborted) {
      const queue = deps.queueOf(mapping.queueArn)
      if (queue === undefined || !mayPoll()) {
        await pause(deps.clock, throttledWaitMs, abort.signal)
        continue
      }
      const messages = await queue.receiveWithin(waitSeconds, mapping.batchSize, undefined, abort.signal)
      if (messages.length === 0) continue
      // Within one wait Lambda asks many times: what is forbidden by now is not received.
      if (!mayPoll()) {
        for (const { receiptHandle } of messages) queue.changeVisibility(receiptHandle, 0)
        await pause(deps.clock, throttledWaitMs, abort.signal)
        continue
      }
      try {
        const result = await deps.invoke(mapping.functionName, queueEvent(messages, queue, deps.region))
        if (result.functionError !== undefined) continue
        const done = mapping.reportBatchItemFailures ? succeeded(messages, result.payload) : messages
        if (done.length === 0 || !may('sqs:DeleteMessage')) continue
        for (const { receiptHandle } of done) queue.delete(receiptHandle)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        for (const { receiptHandle } of messages) queue.changeVisibility(receiptHandle, 0)
        await pause(deps.clock, throttledWaitMs, abort.signal)
      }
    }
  }

  const pollers = mapping.enabled ? Array.from({ length: mapping.maximumConcurrency }, poll) : []
  return {
    async stop() {
      abort.abort()
      await Promise.all(pollers)
    },
  }
}
