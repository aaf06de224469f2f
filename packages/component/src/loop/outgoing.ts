import type { ThingName } from '@rotator/protocol/ids'
import { numberedDetails } from '@rotator/protocol/messages/status-details'
import { certificateTopics, jobTopics } from '@rotator/protocol/topics'
import type { Effect } from '@rotator/rotation/device/effects'

export interface Publication {
  topic: string
  payload: object
  /**
   * To be handed over once only and at QoS 0, although it may be lost by that: two of it at once do harm. Whether the
   * nucleus took a message whose handing over failed is not known, and offline it would collect what is asked again.
   */
  once?: true
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
    statusDetails: numberedDetails(order.statusDetails, order.execution.executionNumber),
    executionNumber: order.execution.executionNumber,
    clientToken: order.clientToken,
  },
})

/** A version 1 backend issues a certificate for each copy, which blocks the thing. */
export const createRequest = (
  thing: ThingName,
  { execution }: Order<'publish-create'>,
  csr: string,
): Publication => ({
  topic: certificateTopics.create(thing),
  payload: { jobId: execution.jobId, executionNumber: execution.executionNumber, csr },
  once: true,
})

export const commitRequest = (thing: ThingName, { request }: Order<'publish-commit'>): Publication => ({
  topic: certificateTopics.commit(thing),
  payload: request,
})
