import type { IdentityStore } from '../identities/identity-store.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { messageOf } from '../message-of.ts'
import { runTask, type TaskRunnerOptions } from './run-task.ts'

/**
 * The identities in files, each order carried out by a child.
 *
 * @param workFolder the component's own folder, where a version 1 component may have left a backup
 */
export const childIdentityStore = (
  runner: TaskRunnerOptions,
  paths: IdentityPaths,
  workFolder: string,
): IdentityStore => ({
  find: async () => runTask(runner, 'find', { paths, workFolder }),
  makePending: async (execution, algorithms, now) => {
    try {
      return await runTask(runner, 'make-pending', { paths, execution, algorithms, now })
    } catch (error) {
      return { kind: 'pending-not-made', code: 'KEY_GENERATION_FAILED', reason: messageOf(error) }
    }
  },
  pendingCsr: async csrDigest => (await runTask(runner, 'pending-csr', { paths, csrDigest })).csr,
  checkCertificate: async (csrDigest, certificatePem, now) =>
    runTask(runner, 'check-certificate', { paths, csrDigest, certificatePem, now }),
  place: async ({ current, previous }) => {
    await runTask(runner, 'place', { paths, current, previous })
  },
  drop: async () => {
    await runTask(runner, 'drop', { paths })
  },
})
