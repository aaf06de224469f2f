import { functionNames } from '../../whole/function-calls.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { commitEvent, created, report } from '../subject.ts'

const actor = functionNames.finish

export const finishDeeds: Deed[] = [
  {
    actor,
    name: 'a rotation that succeeded is settled, and the old certificate goes',
    prepare: async world => {
      const { subject, execution, newId } = await created(world)
      const { jobId } = execution
      await invoke(world, functionNames.commit, commitEvent(subject, execution, newId))
      await report(world, subject.thingName, jobId, 'SUCCEEDED')
      const statusDetails = { CertificateRotator: 'true', executionNumber: '1', certificateId: newId }
      const event = { operation: 'succeeded', jobId, thingArn: subject.thingArn, statusDetails }
      return async () => invoke(world, functionNames.finish, event)
    },
  },
  {
    actor,
    name: 'operators hear of a rotation that failed',
    prepare: async world => {
      const { subject, execution } = await created(world)
      const { jobId } = execution
      await report(world, subject.thingName, jobId, 'FAILED')
      const statusDetails = { CertificateRotator: 'true' }
      const event = { operation: 'failed', jobId, thingArn: subject.thingArn, statusDetails }
      return async () => invoke(world, functionNames.finish, event)
    },
  },
]
