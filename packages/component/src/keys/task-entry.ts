import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { nodeFileSystem } from '../identities/files/node-file-system.ts'
import type { TaskName } from './task-protocol.ts'
import { performTask } from './task-requests.ts'

/** What the child does: one request on its input, one answer on its output. */
export async function runAsTask(name: string, input: Readable, write: (text: string) => void): Promise<void> {
  const answer = await performTask(nodeFileSystem, name as TaskName, await text(input))
  write(JSON.stringify(answer))
}
