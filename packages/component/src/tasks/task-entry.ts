import type { Readable } from 'node:stream'
import { nodeFileSystem } from '../identities/files/node-file-system.ts'
import type { OpenToken } from '../identities/pkcs11/token.ts'
import { performTask } from './perform-task.ts'
import type { TaskName } from './task-protocol.ts'

export interface ChildFacts {
  input: Readable
  write: (text: string) => void
  exit: (code: number) => void
}

/**
 * What the child does: the first line of its input is a request, and its output is the reply.
 *
 * The input stays open as long as the parent lives. When it ends before, the child ends too: the parent's
 * successor gives the order again, and two at once must not work on the same files.
 */
export async function runAsTask(name: string, { input, write, exit }: ChildFacts): Promise<void> {
  const request = await new Promise<string>(resolve => {
    let text = ''
    input.on('data', piece => {
      text += String(piece)
      if (text.endsWith('\n')) resolve(text)
    })
    input.on('end', () => {
      exit(1)
    })
  })
  const reply = await performTask({ fs: nodeFileSystem, loadToken }, name as TaskName, request)
  // On a line of its own: the library of an HSM may write there too.
  write(`\n${JSON.stringify(reply)}`)
  exit(0)
}

const loadToken = async (): Promise<OpenToken> =>
  (await import('../identities/pkcs11/pkcs11js-token.ts')).openToken
