import { attachByHand } from '../../whole/bare-device.ts'
import { functionNames } from '../../whole/function-calls.ts'
import type { World } from '../../whole/world.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { begin, commitEvent, created, newSubject } from '../subject.ts'

const actor = functionNames.commit
const commit = (world: World, event: object) => async () => invoke(world, functionNames.commit, event)

export const commitDeeds: Deed[] = [
  {
    actor,
    name: 'a device on its new certificate is accepted',
    prepare: async world => {
      const { subject, execution, newId } = await created(world)
      return commit(world, commitEvent(subject, execution, newId))
    },
  },
  {
    actor,
    name: 'a device on its old certificate is told so',
    prepare: async world => {
      const { subject, execution } = await created(world)
      return commit(world, commitEvent(subject, execution, subject.old.certificateId))
    },
  },
  {
    actor,
    name: 'the old certificate goes when the new one is confirmed',
    prepare: async world => {
      const { subject, execution, newId } = await created(world)
      await invoke(world, functionNames.commit, commitEvent(subject, execution, newId))
      return commit(world, commitEvent(subject, execution, newId, { confirmed: true }))
    },
  },
  {
    actor,
    name: 'operators hear of a commit that no record knows',
    prepare: async world => {
      const subject = await newSubject(world)
      await attachByHand(world, subject.thingName)
      const event = commitEvent(subject, await begin(world, subject), subject.old.certificateId)
      return commit(world, event)
    },
  },
]
