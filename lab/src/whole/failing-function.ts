import type { CloudTrials } from './cloud-test.ts'
import { callerOf, type FunctionWord, internalFailure } from './function-calls.ts'
import { until } from './rotation.ts'

/** Lets every call of a function fail until it is stopped. */
export function failAlways(cloud: CloudTrials, word: FunctionWord): () => void {
  return cloud.world.cloud.api.interfere(call => {
    if (callerOf(cloud.world, call) !== word) return undefined
    cloud.fired()
    return { when: 'before', answer: internalFailure }
  })
}

/** Waits for messages in a queue, and takes up to ten. */
export async function deadLetters({ world }: CloudTrials, queueName: string) {
  const queue = world.cloud.services.queues.find(queueName)
  if (queue === undefined) throw new Error(`There is no queue ${queueName}.`)
  await until(
    `a message in ${queueName}`,
    () => queue.count().visible,
    count => count > 0,
  )
  return queue.receive(10)
}
