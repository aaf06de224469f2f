import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { until } from '../whole/rotation.ts'
import type { World } from '../whole/world.ts'
import type { Ending } from './deed.ts'

const betweenTurnsMs = 50

/** What a function that answers nobody tells of its end in its log. */
export interface LogOfEnd {
  tells: (word: string) => boolean
  /** One of those that are told: nothing of the invocation comes after it. */
  isLast: (word: string) => boolean
}

/**
 * Invokes a function once, without the retries that an event of a rule has.
 *
 * @returns whether it failed, on what part of its batch, what it answered devices, and what its log tells of its end
 */
export async function invoke(
  world: World,
  functionName: string,
  event: object,
  log?: LogOfEnd,
): Promise<Ending> {
  for (;;) {
    try {
      return await invokeNow(world, functionName, event, log)
    } catch (error) {
      // A function that runs once at a time may still run for an event of another deed.
      if (!(error instanceof AwsError && error.code === 'TooManyRequestsException')) throw error
      await sleep(betweenTurnsMs)
    }
  }
}

async function invokeNow(
  world: World,
  functionName: string,
  event: object,
  log: LogOfEnd | undefined,
): Promise<Ending> {
  const replies: string[] = []
  const heard = listen(world, functionName)
  const stop = world.cloud.observe(seen => {
    if (seen.kind !== 'call' || seen.call.name !== 'Publish' || seen.call.service !== 'iotdata') return
    if (seen.call.status === 200) replies.push(replyOf(seen.call))
  })
  try {
    const { functions } = world.cloud.services
    const { functionError, payload } = await functions.invoke(
      functionName,
      Buffer.from(JSON.stringify(event)),
    )
    const { batchItemFailures = [] } = Object(JSON.parse(payload.toString() || '{}')) as {
      batchItemFailures?: []
    }
    if (log !== undefined && functionError === undefined) await heard.until(log.isLast)
    const told = log === undefined ? [] : heard.words.filter(log.tells)
    const parts = [functionError ?? 'returned', ...replies, ...told]
    return batchItemFailures.length === 0 ? parts.join(', ') : 'left to be tried again'
  } finally {
    stop()
    heard.stop()
  }
}

interface Heard {
  words: readonly string[]
  /** Waits for such a word. */
  until: (isIt: (word: string) => boolean) => Promise<void>
  stop: () => void
}

/** Hears the words of a function's log from now on, whoever invokes it. */
export function listen(world: World, functionName: string): Heard {
  const words: string[] = []
  const stop = world.cloud.observe(seen => {
    if (seen.kind === 'function-log' && seen.functionName === functionName)
      words.push(...messageOf(seen.line))
  })
  return {
    words,
    until: async isIt => {
      await until(
        `the last word of ${functionName}`,
        () => words,
        said => said.some(isIt),
      )
    },
    stop,
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
