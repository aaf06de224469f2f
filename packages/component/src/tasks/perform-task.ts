import { createHash } from 'node:crypto'
import { serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import { FileIdentityStore } from '../identities/files/file-identity-store.ts'
import type { FileSystem } from '../identities/files/file-system.ts'
import { versionOneBackups } from '../identities/files/version-one.ts'
import { type IdentityStore, StoreError } from '../identities/identity-store.ts'
import type { OpenToken } from '../identities/pkcs11/token.ts'
import { fromWire } from '../identities/pkcs11/token-settings.ts'
import { cryptoTasks } from '../keys/crypto-tasks.ts'
import { messageOf } from '../message-of.ts'
import { locateIdentity } from '../nucleus/locate-identity.ts'
import { systemTimers } from '../timers.ts'
import type { Identities, TaskAnswer, TaskName, TaskReply, TaskRequest } from './task-protocol.ts'

/** What a child works on. */
export interface TaskHost {
  fs: FileSystem
  /** Loads the binding to PKCS#11, which only an HSM needs. */
  loadToken: () => Promise<OpenToken>
}

type Performers = {
  [N in TaskName]: (host: TaskHost, request: TaskRequest<N>) => TaskAnswer<N> | Promise<TaskAnswer<N>>
}

/** @param workFolder where a version 1 component may have left files; without it none are looked for */
async function storeOf(host: TaskHost, identities: Identities, workFolder?: string): Promise<IdentityStore> {
  const { fs } = host
  if ('token' in identities) {
    const { TokenIdentityStore } = await import('../identities/pkcs11/token-identity-store.ts')
    return new TokenIdentityStore({ open: await host.loadToken(), settings: fromWire(identities.token) })
  }
  const { paths } = identities
  const backups = workFolder === undefined ? {} : { backups: versionOneBackups(workFolder) }
  return new FileIdentityStore({ fs, tasks: cryptoTasks(fs), paths, ...backups })
}

const performers: Performers = {
  begin: ({ fs }, { root, authToken }) => ({
    location: locateIdentity(fs, root),
    service: v.parse(serviceDigestSchema, createHash('sha256').update(authToken).digest('hex')),
  }),
  find: async (host, request) => (await storeOf(host, request, request.workFolder)).find(),
  'make-pending': async (host, request) =>
    (await storeOf(host, request)).makePending(request.execution, request.algorithms, request.now),
  'pending-csr': async (host, request) => ({
    csr: await (await storeOf(host, request)).pendingCsr(request.csrDigest),
  }),
  'check-certificate': async (host, request) =>
    (await storeOf(host, request)).checkCertificate(request.csrDigest, request.certificatePem, request.now),
  place: async (host, request) => {
    await (await storeOf(host, request)).place({ current: request.current, previous: request.previous })
    return null
  },
  drop: async (host, request) => {
    await (await storeOf(host, request)).drop(request.isLastTry)
    return null
  },
  'judge-algorithms': async (host, request) => {
    if ('paths' in request) return {}
    const { refusalOfToken } = await import('../identities/pkcs11/algorithm-refusal.ts')
    const access = { open: await host.loadToken(), settings: fromWire(request.token) }
    return { refusal: await refusalOfToken(access, request.algorithms) }
  },
  // Loaded when first needed: the other tasks need no network.
  probe: async ({ fs }, request) => (await import('../probe/attempt.ts')).attempt(fs, systemTimers, request),
}

/** Performs one task on this device. What goes wrong is part of the reply. */
export async function performTask<N extends TaskName>(
  host: TaskHost,
  name: N,
  requestText: string,
): Promise<TaskReply<N>> {
  try {
    return { ok: true, answer: await performers[name](host, parseRequest(name, requestText)) }
  } catch (error) {
    const message = messageOf(error)
    if (!(error instanceof StoreError)) return { ok: false, message }
    return { ok: false, message, failure: { code: error.code, lookAgain: error.lookAgain } }
  }
}

/** The request comes from our own parent process and is of its version. */
const parseRequest = <N extends TaskName>(_name: N, text: string): TaskRequest<N> =>
  JSON.parse(text) as TaskRequest<N>
