import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError } from '@rotator/local-cloud/api/aws-error'
import type { InvocationResult } from '@rotator/local-cloud/lambda/function-instance'
import { until } from '../whole/rotation.ts'
import type { World } from '../whole/world.ts'
import type { Ending } from './deed.ts'

const betweenTurnsMs = 50

/**
 * Invokes a function once, without the retries that an event of a rule has.
 *
 * @param isLast for a function that only tells in its log how it ended
 * @returns whether it failed, on what part of its batch, what it answered devices, and the last word of its log
 */
export async function invoke(
  world: World,
  functionName: string,
  event: object,
  isLast?: (message: string) => boolean,
): Promise<Ending> {
  const replies: string[] = []
  const words: string[] = []
  const stop = world.cloud.observe(seen => {
    if (seen.kind === 'function-log' && seen.functionName === functionName)
      words.push(...messageOf(seen.line))
    if (seen.kind !== 'call' || seen.call.name !== 'Publish' || seen.call.service !== 'iotdata') return
    if (seen.call.status === 200) replies.push(replyOf(seen.call))
  })
  try {
    const { functionError, payload } = await invokeInTurn(world, functionName, event)
    const { batchItemFailures = [] } = Object(JSON.parse(payload.toString() || '{}')) as {
      batchItemFailures?: []
    }
    const last =
      isLast && functionError === undefined
        ? await until(
            `the last word of ${functionName}`,
            () => words.find(isLast),
            word => word !== undefined,
          )
        : undefined
    const parts = [functionError ?? 'returned', ...replies, last].filter(part => part !== undefined)
    return batchItemFailures.length === 0 ? parts.join(', ') : 'left to be tried again'
  } finally {
    stop()
  }
}

/** A function that runs once at a time may still run for an event of another deed. */
async function invokeInTurn(world: World, functionName: string, event: object): Promise<InvocationResult> {
  for (;;) {
    try {
      return await world.cloud.services.functions.invoke(functionName, Buffer.from(JSON.stringify(event)))
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'TooManyRequestsException')) throw error
      await sleep(betweenTurnsMs)
    }
  }
}

function replyOf({ params, input }: { params: Readonly<Record<string, string>>; input: object }): string {
  const verdict = params['topic']?.split('/').at(-1)
  const { code } = input as { code?: string }
  return code === undefined ? `${verdict}` : `${verdict} ${code}`
}

function messageOf(line: string): string[] {
  if (!line.startsWith('{')) return []
  const { message } = JSON.parse(line) as { message?: unknown }
  return typeof message === 'string' ? [message] : []
}
