import { createHash } from 'node:crypto'
import { serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import { FileIdentityStore } from '../identities/files/file-identity-store.ts'
import type { FileSystem } from '../identities/files/file-system.ts'
import { versionOneBackups } from '../identities/files/version-one.ts'
import { type IdentityStore, StoreError } from '../identities/identity-store.ts'
import { cryptoTasks } from '../keys/crypto-tasks.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { messageOf } from '../message-of.ts'
import { locateIdentity } from '../nucleus/locate-identity.ts'
import { systemTimers } from '../timers.ts'
import type { TaskAnswer, TaskName, TaskReply, TaskRequest } from './task-protocol.ts'

type Performers = {
  [N in TaskName]: (fs: FileSystem, request: TaskRequest<N>) => TaskAnswer<N> | Promise<TaskAnswer<N>>
}

const storeOf = (fs: FileSystem, { paths }: { paths: IdentityPaths }): IdentityStore =>
  new FileIdentityStore({ fs, tasks: cryptoTasks(fs), paths })

const performers: Performers = {
  begin: (fs, { root, authToken }) => ({
    location: locateIdentity(fs, root),
    service: v.parse(serviceDigestSchema, createHash('sha256').update(authToken).digest('hex')),
  }),
  find: async (fs, { paths, workFolder }) => {
    const backups = versionOneBackups(workFolder)
    return new FileIdentityStore({ fs, tasks: cryptoTasks(fs), paths, backups }).find()
  },
  'make-pending': async (fs, request) =>
    storeOf(fs, request).makePending(request.execution, request.algorithms, request.now),
  'pending-csr': async (fs, request) => ({ csr: await storeOf(fs, request).pendingCsr(request.csrDigest) }),
  'check-certificate': async (fs, request) =>
    storeOf(fs, request).checkCertificate(request.csrDigest, request.certificatePem, request.now),
  place: async (fs, request) => {
    await storeOf(fs, request).place({ current: request.current, previous: request.previous })
    return null
  },
  drop: async (fs, request) => {
    await storeOf(fs, request).drop()
    return null
  },
  // Loaded when first needed: the other tasks need no network.
  probe: async (fs, request) => (await import('../probe/attempt.ts')).attempt(fs, systemTimers, request),
}

/** Performs one task on the files of this device. What goes wrong is part of the reply. */
export async function performTask<N extends TaskName>(
  fs: FileSystem,
  name: N,
  requestText: string,
): Promise<TaskReply<N>> {
  try {
    return { ok: true, answer: await performers[name](fs, parseRequest(name, requestText)) }
  } catch (error) {
    const message = messageOf(error)
    if (!(error instanceof StoreError)) return { ok: false, message }
    return { ok: false, message, failure: { code: error.code, byHand: error.byHand } }
  }
}

/** The request comes from our own parent process and is of its version. */
const parseRequest = <N extends TaskName>(_name: N, text: string): TaskRequest<N> =>
  JSON.parse(text) as TaskRequest<N>
