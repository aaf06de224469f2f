import { AwsError } from '../api/aws-error.ts'
import type { Clock, Timer } from '../clock.ts'
import { defaultEventInvokeConfiguration, type EventInvokeConfiguration } from './function-configuration.ts'
import type { InvocationResult } from './function-instance.ts'
import { invocationRecord, type RecordCondition } from './invocation-record.ts'

export interface AsynchronousDependencies {
  clock: Clock
  invoke: (functionName: string, requestId: string, event: Buffer) => Promise<InvocationResult>
  functionOf: (
    name: string,
  ) => { arn: string; reservedConcurrency?: number; deadLetterArn?: string } | undefined
  configurationOf: (name: string) => EventInvokeConfiguration | undefined
  /** Sends to a queue, topic or function by ARN, as the function whose outcome it is. */
  send: (
    arn: string,
    body: string,
    attributes: Readonly<Record<string, { type: string; value: string }>> | undefined,
    functionName: string,
  ) => void
  /** Told where a destination could not be reached. */
  deliveryFailed: (functionName: string, reason: string) => void
  /** The waits before the second and the third attempt are a minute and two, times this. */
  retryDelayScale: number
}

interface QueuedEvent {
  functionName: string
  requestId: string
  event: Buffer
  queuedAtMs: number
  attempts: number
  throttles: number
}

const errorDelaysMs = [60_000, 120_000]
const throttleDelayMs = (throttles: number) => Math.min(1000 * 2 ** throttles, 300_000)

/**
 * Lambda's queue of asynchronous invocations: an error of the function is tried again after one and two minutes,
 * throttling for as long as the event may live; what is given up goes to the dead letters and the destination.
 */
export class AsynchronousInvocations {
  readonly #deps: AsynchronousDependencies
  readonly #timers = new Set<Timer>()
  readonly #underWay = new Set<Promise<void>>()
  #stopped = false

  constructor(deps: AsynchronousDependencies) {
    this.#deps = deps
  }

  accept(functionName: string, requestId: string, event: Buffer): void {
    const queuedAtMs = this.#deps.clock.now()
    this.#start({ functionName, requestId, event, queuedAtMs, attempts: 0, throttles: 0 })
  }

  /** Resolves when nothing runs; retries that wait for their time do not count. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
  }

  #start(queued: QueuedEvent): void {
    if (this.#stopped) return
    const done = this.#attempt(queued).finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  async #attempt(queued: QueuedEvent): Promise<void> {
    const { functionName, requestId, event } = queued
    if (this.#deps.functionOf(functionName)?.reservedConcurrency === 0)
      return this.#giveUp(queued, 'ZeroReservedConcurrency')
    try {
      const result = await this.#deps.invoke(functionName, requestId, event)
      if (!this.#stopped) this.#answered({ ...queued, attempts: queued.attempts + 1 }, result)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (error.code === 'ResourceNotFoundException') return
      this.#later({ ...queued, throttles: queued.throttles + 1 }, throttleDelayMs(queued.throttles))
    }
  }

  #answered(queued: QueuedEvent, result: InvocationResult): void {
    const { maximumRetryAttempts, onSuccessArn } = this.#configuration(queued)
    if (result.functionError === undefined) {
      if (onSuccessArn !== undefined) this.#deliver(onSuccessArn, queued, 'Success', result)
      return
    }
    if (queued.attempts > maximumRetryAttempts) return this.#giveUp(queued, 'RetriesExhausted', result)
    this.#later(queued, errorDelaysMs[queued.attempts - 1] ?? 120_000, result)
  }

  #later(queued: QueuedEvent, delayMs: number, last?: InvocationResult): void {
    if (this.#stopped) return
    const timer = this.#deps.clock.after(delayMs * this.#deps.retryDelayScale, () => {
      this.#timers.delete(timer)
      const ageMs = this.#deps.clock.now() - queued.queuedAtMs
      const tooOld = ageMs > this.#configuration(queued).maximumEventAgeSeconds * 1000
      if (tooOld) this.#giveUp(queued, 'EventAgeExceeded', last)
      else this.#start(queued)
    })
    this.#timers.add(timer)
  }

  #giveUp(queued: QueuedEvent, condition: RecordCondition, result?: InvocationResult): void {
    const { onFailureArn } = this.#configuration(queued)
    const deadLetterArn = this.#deps.functionOf(queued.functionName)?.deadLetterArn
    if (onFailureArn !== undefined) this.#deliver(onFailureArn, queued, condition, result)
    if (deadLetterArn === undefined) return
    const message = String(Object(JSON.parse(String(result?.payload ?? '{}')))['errorMessage'] ?? condition)
    this.#send(queued.functionName, deadLetterArn, queued.event.toString(), {
      RequestID: { type: 'String', value: queued.requestId },
      ErrorCode: { type: 'Number', value: result === undefined ? '429' : '200' },
      ErrorMessage: { type: 'String', value: message.slice(0, 1024) },
    })
  }

  #deliver(to: string, queued: QueuedEvent, condition: RecordCondition, result?: InvocationResult): void {
    const functionArn = this.#deps.functionOf(queued.functionName)?.arn ?? queued.functionName
    const record = invocationRecord(
      { ...queued, functionArn, nowMs: this.#deps.clock.now() },
      condition,
      result,
    )
    this.#send(queued.functionName, to, JSON.stringify(record))
  }

  #send(
    functionName: string,
    to: string,
    body: string,
    attributes?: Parameters<AsynchronousDependencies['send']>[2],
  ) {
    try {
      this.#deps.send(to, body, attributes, functionName)
    } catch (error) {
      this.#deps.deliveryFailed(functionName, error instanceof Error ? error.message : String(error))
    }
  }

  #configuration({ functionName }: QueuedEvent): EventInvokeConfiguration {
    return this.#deps.configurationOf(functionName) ?? defaultEventInvokeConfiguration
  }
}
