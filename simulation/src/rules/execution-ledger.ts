import type { Message, MessageBus } from '@rotator/local-cloud/mqtt/message-bus'
import type { EndStatus } from '@rotator/rotation/record/events'
import * as v from 'valibot'

export interface EndedAttempt {
  thing: string
  jobId: string
  executionNumber: number
  status: EndStatus
}

const eventSchema = v.object({
  operation: v.string(),
  jobId: v.string(),
  thingArn: v.string(),
})

/** Every execution that ended, by what AWS IoT Jobs itself says, whether or not anybody else heard of it. */
export class ExecutionLedger {
  readonly ended: EndedAttempt[] = []

  readonly #onEnd: (attempt: EndedAttempt) => void

  /** @param onEnd called as each ends */
  constructor(bus: MessageBus, onEnd: (attempt: EndedAttempt) => void) {
    this.#onEnd = onEnd
    bus.listen(message => {
      this.#hear(message)
    })
  }

  /** With a job its executions are gone from AWS IoT Jobs: what no record names by then, nothing is left to tell of. */
  forget(isForgotten: (attempt: EndedAttempt) => boolean): void {
    for (const [at, attempt] of [...this.ended.entries()].toReversed()) {
      if (isForgotten(attempt)) this.ended.splice(at, 1)
    }
  }

  /** A deletion is told of executions that had ended before alike, so whoever deletes says which had not. */
  deletedWhileOpen(thing: string, jobId: string): void {
    this.#add({ thing, jobId, status: 'DELETED' })
  }

  /** Of a thing's execution of a job that has not ended: a retry counts on. */
  nextNumber(thing: string, jobId: string): number {
    return this.ended.filter(one => one.thing === thing && one.jobId === jobId).length + 1
  }

  #add(end: Pick<EndedAttempt, 'thing' | 'jobId' | 'status'>): void {
    const { thing, jobId } = end
    const before = this.ended.filter(one => one.thing === thing && one.jobId === jobId).length
    const attempt = { ...end, executionNumber: before + 1 }
    this.ended.push(attempt)
    this.#onEnd(attempt)
  }

  #hear({ topic, payload }: Message): void {
    if (!topic.startsWith('$aws/events/jobExecution/')) return
    const { operation, jobId, thingArn } = v.parse(eventSchema, JSON.parse(payload.toString()))
    if (operation === 'deleted') return
    const thing = thingArn.replace(/^.*:thing\//u, '')
    this.#add({ thing, jobId, status: operation.toUpperCase() as EndStatus })
  }
}
