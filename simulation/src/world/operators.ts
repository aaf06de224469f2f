import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import type { MomentFault } from '../faults/fault.ts'
import type { Story } from '../story/story.ts'

export const refusingPolicy = 'RefuseEverything'

export interface OperatorParts {
  cloud: SimulatedCloud
  story: Story
}

/** What one thing has that others can act on now. */
export interface Grasp {
  thing: string
  /** The rotation job whose execution is open. */
  openJob: { jobId: string; isInProgress: boolean } | undefined
  /** The latest certificate issued to the thing, unless the device has already been told to let OLD go. */
  trial: { certificateId: string; isActive: boolean; isRefused: boolean } | undefined
}

/** What people, other programs and timers could do at this moment. */
export function possibleMoments({ openJob, trial }: Grasp): MomentFault[] {
  const possible: MomentFault[] = []
  if (openJob !== undefined) {
    possible.push('execution-cancelled', 'job-deleted', 'thing-removed-from-job')
    if (openJob.isInProgress) possible.push('execution-timed-out')
  }
  if (trial !== undefined) {
    possible.push(trial.isActive ? 'new-deactivated' : 'new-activated')
    possible.push(trial.isRefused ? 'new-permitted' : 'new-refused')
  }
  return possible
}

/** Does it. */
export function act({ cloud, story }: OperatorParts, grasp: Grasp, fault: MomentFault): void {
  const { thing, openJob, trial } = grasp
  const jobId = openJob?.jobId ?? ''
  const certificateId = trial?.certificateId ?? ''
  const target = cloud.registry.certificates.arnOf(certificateId)
  story.tell('fault', `${fault} (${thing})`)
  switch (fault) {
    case 'execution-cancelled':
      cloud.call('iot', 'CancelJobExecution', { jobId, thingName: thing, force: true })
      return
    case 'execution-timed-out':
      cloud.jobs.timeOut(thing, jobId)
      return
    case 'job-deleted':
      cloud.call('iot', 'DeleteJob', { jobId, force: true })
      return
    case 'thing-removed-from-job':
      cloud.call('iot', 'RemoveThingFromThingGroup', { thingGroupName: jobId, thingName: thing })
      return
    case 'new-deactivated':
      cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'INACTIVE' })
      return
    case 'new-activated':
      cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'ACTIVE' })
      return
    case 'new-refused':
      cloud.call('iot', 'AttachPolicy', { policyName: refusingPolicy, target })
      return
    case 'new-permitted':
      cloud.call('iot', 'DetachPolicy', { policyName: refusingPolicy, target })
      return
  }
}

/** The first certificate that is attached to the thing from now on is refused by the endpoint from its first moment. */
export function refuseNew(cloud: SimulatedCloud, thing: string): void {
  cloud.onAttached = (attachedTo, certificateId) => {
    if (attachedTo !== thing) return
    cloud.onAttached = () => {}
    const target = cloud.registry.certificates.arnOf(certificateId)
    cloud.call('iot', 'AttachPolicy', { policyName: refusingPolicy, target })
  }
}
