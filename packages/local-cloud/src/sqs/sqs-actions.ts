import type { ActionOperation } from '../api/operation.ts'
import { messageOperations } from './message-operations.ts'
import { isQuery, jsonInput, queryError, queryOutput } from './query-protocol.ts'
import { queueOf, queueOperations } from './queue-operations.ts'
import type { Queues } from './queues.ts'

type Members = Readonly<Record<string, unknown>>
type Run = (input: Members) => Members | Promise<Members>

async function inItsProtocol(name: string, run: Run, input: Members): Promise<Members> {
  if (!isQuery(input)) return run(input)
  try {
    return queryOutput(name, await run(jsonInput(name, input)))
  } catch (error) {
    throw queryError(error)
  }
}

/** SQS over AWS JSON and over the older query protocol. */
export function sqsActions(queues: Queues): ActionOperation[] {
  const onQueues = Object.entries(queueOperations).map(([name, run]) => [
    name,
    (input: Members) => run(queues, input),
  ])
  const onMessages = messageOperations(input => queueOf(queues, input))
  const operations: Record<string, Run> = { ...Object.fromEntries(onQueues), ...onMessages }
  return Object.entries(operations).map(([name, run]) => ({
    service: 'sqs',
    name,
    handle: input => inItsProtocol(name, run, input),
  }))
}
