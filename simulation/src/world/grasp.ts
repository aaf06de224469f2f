import { isOpen } from '@rotator/rotation/record/record'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import { type Grasp, refusingPolicy } from './operators.ts'

/** Other teams' jobs have other names here. */
const isRotation = ({ jobId }: { jobId: string }): boolean => jobId.startsWith('J')

/** The rotation job whose execution is open, the one in progress before one that waits. */
export function openJobOf(cloud: SimulatedCloud, thing: string): Grasp['openJob'] {
  const { inProgressJobs, queuedJobs } = cloud.pendingExecutions(thing)
  const inProgress = inProgressJobs.find(isRotation)
  if (inProgress !== undefined) return { jobId: inProgress.jobId, isInProgress: true }
  const queued = queuedJobs.find(isRotation)
  return queued && { jobId: queued.jobId, isInProgress: false }
}

/** The certificate that a rotation has attached and not yet settled for or against. */
export function trialOf(cloud: SimulatedCloud, thing: string, nowMs: number): Grasp['trial'] {
  const record = cloud.recordOf(thing)
  return isOpen(record) ? standingOf(cloud, thing, record.newCertificateId, nowMs) : undefined
}

/** What others could change of a certificate, where it is attached to the thing. */
export function standingOf(
  { registry }: SimulatedCloud,
  thing: string,
  certificateId: string,
  nowMs: number,
): Grasp['trial'] {
  const target = registry.certificates.arnOf(certificateId)
  if (!registry.principals.isAttached(thing, target)) return undefined
  return {
    certificateId,
    isActive: registry.certificates.isActive(certificateId),
    isRefused: registry.policies
      .listAttached(target, nowMs)
      .some(({ policyName }) => policyName === refusingPolicy),
  }
}
