import type { Timer } from '@rotator/local-cloud/clock'
import { AsynchronousInvocations } from '@rotator/local-cloud/lambda/asynchronous-invocations'
import {
  defaultEventInvokeConfiguration,
  type EventInvokeConfiguration,
} from '@rotator/local-cloud/lambda/function-configuration'
import type { InvocationResult } from '@rotator/local-cloud/lambda/function-instance'
import type { VirtualClock } from '../kernel/virtual-clock.ts'

export type Handler = (event: unknown) => Promise<unknown>

/** One life of a function: it ends with its invocation, or with the death of its process. */
export interface FunctionLife {
  readonly functionName: string
  readonly event: unknown
  isDead: boolean
  die: () => void
}

export interface DeadLetter {
  functionName: string
  /** The record of the failed invocation. */
  event: unknown
  atMs: number
}

/** Runs handlers in this process as AWS Lambda would: repeats what fails, and keeps what is given up. */
export class FunctionHost {
  readonly deadLetters: DeadLetter[] = []
  readonly #clock: VirtualClock
  readonly #handlerOf: (life: FunctionLife) => Handler
  readonly #asynchronous: AsynchronousInvocations
  readonly #onDefect: (error: unknown) => void
  #running = 0
  #waiting = 0
  #requests = 0

  /**
   * @param invocations what becomes of failed invocations, where it is not AWS's default
   * @param onDefect told of what no function throws on purpose; AWS repeats that as well, which would hide it
   */
  constructor(
    clock: VirtualClock,
    handlerOf: (life: FunctionLife) => Handler,
    invocations: Partial<EventInvokeConfiguration> = {},
    onDefect: (error: unknown) => void = () => {},
  ) {
    this.#onDefect = onDefect
    this.#clock = clock
    this.#handlerOf = handlerOf
    this.#asynchronous = new AsynchronousInvocations({
      clock: { now: () => clock.now(), after: (ms, call) => this.#later(ms, call) },
      invoke: async (functionName, _requestId, event) => this.invoke(functionName, event),
      functionOf: name => ({ arn: name }),
      configurationOf: name => ({
        ...defaultEventInvokeConfiguration,
        ...invocations,
        onFailureArn: name,
      }),
      send: (functionName, body) => {
        const event: unknown = JSON.parse(body)
        this.deadLetters.push({ functionName, event, atMs: clock.now() })
      },
      deliveryFailed: (_, reason) => {
        throw new Error(reason)
      },
      retryDelayScale: 1,
    })
  }

  /** Gives everything that was given up to its function again. */
  redrive(): void {
    for (const { functionName, event } of this.deadLetters.splice(0)) {
      const { requestPayload } = event as { requestPayload: unknown }
      this.accept(functionName, Buffer.from(JSON.stringify(requestPayload)))
    }
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting === 0
  }

  accept(functionName: string, event: Buffer): void {
    this.#requests += 1
    this.#asynchronous.accept(functionName, `request-${this.#requests}`, event)
  }

  /** Never rejects: a failure, or the death of the process, is a result. */
  async invoke(functionName: string, payload: Buffer): Promise<InvocationResult> {
    const death = Promise.withResolvers<InvocationResult>()
    const life: FunctionLife = {
      functionName,
      event: JSON.parse(payload.toString()),
      isDead: false,
      die: () => {
        life.isDead = true
        death.resolve(failure('Runtime.ExitError', 'the process was killed'))
      },
    }
    this.#running += 1
    try {
      return await Promise.race([this.#run(life), death.promise])
    } finally {
      this.#running -= 1
    }
  }

  async #run(life: FunctionLife): Promise<InvocationResult> {
    try {
      const result = (await this.#handlerOf(life)(life.event)) ?? null
      return { payload: Buffer.from(JSON.stringify(result)) }
    } catch (error) {
      if (isDefect(error)) this.#onDefect(error)
      return failure('Error', error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }

  #later(ms: number, call: () => void): Timer {
    this.#waiting += 1
    const timer = this.#clock.after(ms, () => {
      this.#waiting -= 1
      call()
    })
    return timer
  }
}

const defects = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'ValiError'])

/** What AWS refuses, and what the functions give up, are errors with other names. */
export const isDefect = (error: unknown): boolean => !(error instanceof Error) || defects.has(error.name)

const failure = (errorType: string, errorMessage: string): InvocationResult => ({
  functionError: 'Unhandled',
  payload: Buffer.from(JSON.stringify({ errorType, errorMessage })),
})
