import { functionNames } from '../../whole/function-calls.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { begin, created, createEvent, deleteJob, newSubject, replaceByHand } from '../subject.ts'

const actor = functionNames.create

export const createDeeds: Deed[] = [
  {
    actor,
    name: 'the first certificate of a rotation is made',
    prepare: async world => {
      const subject = await newSubject(world)
      const event = await createEvent(subject, await begin(world, subject))
      return async () => invoke(world, functionNames.create, event)
    },
  },
  {
    actor,
    name: 'a request that is none is refused',
    prepare: async world => {
      const subject = await newSubject(world)
      const event = { ...(await createEvent(subject, await begin(world, subject))), csr: 'none' }
      return async () => invoke(world, functionNames.create, event)
    },
  },
  {
    actor,
    name: 'what a rotation made that is over goes when the next one begins',
    prepare: async world => {
      const { subject, execution } = await created(world)
      await deleteJob(world, execution.jobId)
      const event = await createEvent(subject, await begin(world, subject))
      return async () => invoke(world, functionNames.create, event)
    },
  },
  {
    actor,
    name: 'operators hear of a certificate that no rotation made',
    prepare: async world => {
      const { subject, execution, newId } = await created(world)
      await deleteJob(world, execution.jobId)
      const byHand = await replaceByHand(world, subject, [subject.old.certificateId, newId])
      const event = await createEvent(subject, await begin(world, subject), byHand)
      return async () => invoke(world, functionNames.create, event)
    },
  },
]
