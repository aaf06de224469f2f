import { FakeDataPlane } from './data-plane.ts'
import { FakeIot } from './iot.ts'
import { FakeJobs } from './jobs.ts'
import { FakeMessaging } from './messaging.ts'
import { FakePrivateCa } from './private-ca.ts'
import { FakeTriggerSources } from './trigger-sources.ts'
import {
  AwsFailure,
  failureAnswer,
  type Operation,
  requestHandler,
  type WireAnswer,
  type WireCall,
} from './wire.ts'

/** Whether a failing call has taken effect: the caller cannot tell these apart. */
export type When = 'before' | 'after'

interface PlannedFailure {
  operation: string
  when: When
  failure: AwsFailure
  times: number
}

/**
 * AWS in memory, behind the wire of the SDK's clients: every call of a handler is signed, sent and counted, and
 * can be made to fail before or after it takes effect.
 */
export class FakeAws {
  readonly iot = new FakeIot()
  readonly data = new FakeDataPlane()
  readonly jobs = new FakeJobs(this.data)
  readonly triggers = new FakeTriggerSources(this.iot, this.data)
  readonly messaging = new FakeMessaging()
  readonly privateCa = new FakePrivateCa()
  /** The operations called so far, in order. */
  readonly calls: string[] = []
  /** How often a planned failure really happened. */
  failuresFired = 0
  /** Called with the name of every call that took effect. */
  afterCall: ((operation: string) => void) | undefined
  #planned: PlannedFailure[] = []
  #failCall: { index: number; when: When } | undefined

  failNext(
    operation: string,
    when: When,
    failure = new AwsFailure(503, 'ServiceUnavailableException'),
  ): void {
    this.#planned.push({ operation, when, failure, times: 1 })
  }

  failAlways(operation: string, failure = new AwsFailure(503, 'ServiceUnavailableException')): void {
    this.#planned.push({ operation, when: 'before', failure, times: Number.POSITIVE_INFINITY })
  }

  /** Fails the call that is made as the nth from now, whatever it is; the first is 0. */
  failCall(index: number, when: When): void {
    this.#failCall = { index: this.calls.length + index, when }
  }

  recover(): void {
    this.#planned = []
    this.#failCall = undefined
  }

  count(operation: string): number {
    return this.calls.filter(call => call === operation).length
  }

  readonly requestHandler = requestHandler((method, call) => this.#perform(method, call))

  #perform(method: string, call: WireCall): WireAnswer {
    const operation = this.#find(method, call)
    if (operation === undefined) return failureAnswer(new AwsFailure(404, 'UnknownOperationException'))
    const planned = this.#nextFailure(operation.name)
    this.calls.push(operation.name)
    if (planned?.when === 'before') return failureAnswer(planned.failure)
    try {
      const answer = operation.perform(call)
      this.afterCall?.(operation.name)
      return planned === undefined ? answer : failureAnswer(planned.failure)
    } catch (error) {
      if (error instanceof AwsFailure) return failureAnswer(error)
      throw error
    }
  }

  #nextFailure(operation: string): Pick<PlannedFailure, 'when' | 'failure'> | undefined {
    if (this.#failCall?.index === this.calls.length) {
      const { when } = this.#failCall
      this.failuresFired += 1
      return { when, failure: new AwsFailure(503, 'ServiceUnavailableException') }
    }
    const planned = this.#planned.find(one => one.operation === operation && one.times > 0)
    if (planned === undefined) return undefined
    planned.times -= 1
    this.failuresFired += 1
    return planned
  }

  #find(method: string, call: WireCall): Operation | undefined {
    if (call.path[0] === '') {
      const { 'x-amz-target': target } = call.headers
      if (target === 'AmazonSQS.SendMessageBatch') return this.messaging.sqsSend
      const named = this.privateCa.operations.find(({ name }) => `ACMPrivateCA.${name}` === target)
      return named ?? this.messaging.snsPublish
    }
    return [
      ...this.iot.operations,
      ...this.data.operations,
      ...this.jobs.operations,
      ...this.triggers.operations,
      this.messaging.lambdaInvoke,
    ].find(
      ({ method: of, service, path }) =>
        of === method &&
        (service === undefined || call.headers.authorization?.includes(`/${service}/aws4_request`)) &&
        path.length === call.path.length &&
        path.every((segment, index) => segment === '*' || segment === call.path[index]),
    )
  }
}
