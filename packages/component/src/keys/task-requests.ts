import { type FileSystem, fileErrorCode } from '../identities/files/file-system.ts'
import { messageOf } from '../message-of.ts'
import { locateIdentity } from '../nucleus/locate-identity.ts'
import { checkCertificate } from './check-certificate.ts'
import { inspectIdentity } from './inspect-identity.ts'
import { makePending } from './make-pending.ts'
import type { TaskAnswer, TaskName, TaskRequests } from './task-protocol.ts'

/** Performs one task on the files of this device. What goes wrong is part of the answer. */
export async function performTask(fs: FileSystem, name: TaskName, requestText: string): Promise<TaskAnswer> {
  try {
    return { ok: true, value: await perform(fs, name, requestText) }
  } catch (error) {
    return { ok: false, code: fileErrorCode(error), message: messageOf(error) }
  }
}

async function perform(fs: FileSystem, name: TaskName, text: string): Promise<unknown> {
  switch (name) {
    case 'locate-identity':
      return locateIdentity(fs, parseRequest(name, text).root)
    case 'inspect-identity':
      return inspectIdentity(fs, parseRequest(name, text))
    case 'make-pending':
      return makePending(fs, parseRequest(name, text))
    case 'check-certificate':
      return checkCertificate(fs, parseRequest(name, text))
  }
}

/** The request comes from our own parent process and is of its version. */
const parseRequest = <N extends TaskName>(_name: N, text: string): TaskRequests[N] =>
  JSON.parse(text) as TaskRequests[N]
