import { DetachThingPrincipalCommand } from '@aws-sdk/client-iot'
import { functionNames } from '../../whole/function-calls.ts'
import type { World } from '../../whole/world.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { type Subject, settled } from '../subject.ts'

const actor = functionNames.retire

/** Marks batches of these deeds: the queue's own are held back meanwhile. */
export const batchMark = 'of-a-deed'

type Changes = { notBeforeMs?: number; attempt?: number; certificateId?: string }

/** What the queue is given to have the old certificate of a thing retired. */
export function retirementOf({ thingName, old: { certificateId } }: Subject, changes: Changes = {}): string {
  return JSON.stringify({
    thingName,
    certificateId,
    why: 'decided',
    step: 'deactivate',
    notBeforeMs: 0,
    attempt: 0,
    ...changes,
  })
}

export const batch = (subject: Subject, changes?: Changes): object => ({
  Records: [{ messageId: batchMark, body: retirementOf(subject, changes) }],
})

export const retire = (world: World, event: object) => async () => invoke(world, functionNames.retire, event)

export const retireDeeds: Deed[] = [
  {
    actor,
    name: 'a certificate is deactivated, detached and deleted',
    prepare: async world => retire(world, batch((await settled(world)).subject)),
  },
  {
    actor,
    name: 'a certificate whose time has not come waits on',
    prepare: async world => {
      const { subject } = await settled(world)
      return retire(world, batch(subject, { notBeforeMs: Date.now() + 600_000 }))
    },
  },
  {
    actor,
    name: 'operators hear of a certificate that is not of the thing',
    prepare: async world => {
      const { subject } = await settled(world)
      const { thingName, old } = subject
      const principal = old.certificateArn
      await world.clients.iot.send(new DetachThingPrincipalCommand({ thingName, principal }))
      return retire(world, batch(subject, { attempt: 12 }))
    },
  },
]

/** Keeps the queue's own batches back, so that a deed's is the only one. @returns lets them come */
export const holdBatches = ({ cloud }: World): (() => void) =>
  cloud.services.functions.interfere(({ functionName, event }) =>
    functionName === functionNames.retire && !event.includes(batchMark) ? { kind: 'refuse' } : undefined,
  )
