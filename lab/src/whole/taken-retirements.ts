import { functionNames } from './function-calls.ts'
import type { World } from './world.ts'

/** Has the queue hide for this long what a function has taken, where the template says six minutes. Version 1 has no such queue. */
export function hideTakenRetirements({ cloud }: World, seconds: number): void {
  const queue = cloud.services.queues.find(functionNames.retire)
  if (queue !== undefined) queue.attributes.visibilityTimeoutSeconds = seconds
}
