import type { Location } from '../nucleus/locate-identity.ts'
import type { CertificateCheck } from './check-certificate.ts'
import type { CryptoTasks } from './crypto-tasks.ts'
import type { Inspection } from './inspect-identity.ts'
import type { MakePendingOutcome } from './make-pending.ts'
import { runTask, type TaskRunnerOptions } from './run-task.ts'

/** The tasks as they run on a device. Their answers are our own child's and of its version. */
export const childTasks = (options: TaskRunnerOptions): CryptoTasks => ({
  inspectIdentity: async paths => (await runTask(options, 'inspect-identity', paths)) as Inspection,
  makePending: async request => (await runTask(options, 'make-pending', request)) as MakePendingOutcome,
  checkCertificate: async request =>
    (await runTask(options, 'check-certificate', request)) as CertificateCheck,
})

export const locateInChild = async (options: TaskRunnerOptions, root: string): Promise<Location> =>
  (await runTask(options, 'locate-identity', { root })) as Location
