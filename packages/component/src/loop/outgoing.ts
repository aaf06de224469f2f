import type { ThingName } from '@rotator/protocol/ids'
import { certificateTopics, jobTopics } from '@rotator/protocol/topics'
import type { Effect } from '@rotator/rotation/device/effects'

export interface Publication {
  topic: string
  payload: object
}

type Order<K extends Effect['kind']> = Extract<Effect, { kind: K }>

export const nextJobRequest = (thing: ThingName): Publication => ({
  topic: jobTopics.get(thing, '$next'),
  payload: { includeJobDocument: false },
})

/** Without a number Jobs describes the latest attempt, which also tells that an earlier one is over. */
export const jobRequest = (thing: ThingName, order: Order<'get-job'>): Publication => ({
  topic: jobTopics.get(thing, order.execution.jobId),
  payload: { includeJobDocument: order.includeJobDocument, clientToken: order.clientToken },
})

/** The number keeps a late update from reaching the next attempt of the same job. */
export const jobUpdate = (thing: ThingName, order: Order<'update-job'>): Publication => ({
  topic: jobTopics.update(thing, order.execution.jobId),
  payload: {
    status: order.status,
    statusDetails: order.statusDetails,
    executionNumber: order.execution.executionNumber,
    clientToken: order.clientToken,
  },
})

export const createRequest = (
  thing: ThingName,
  { execution }: Order<'publish-create'>,
  csr: string,
): Publication => ({
  topic: certificateTopics.create(thing),
  payload: { jobId: execution.jobId, executionNumber: execution.executionNumber, csr },
})

export const commitRequest = (thing: ThingName, { request }: Order<'publish-commit'>): Publication => ({
  topic: certificateTopics.commit(thing),
  payload: request,
})
