import { AwsError } from '../api/aws-error.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { FunctionInstance, InvocationResult } from './function-instance.ts'

export const tooManyRequests = (reason: string): AwsError =>
  new AwsError('TooManyRequestsException', 429, 'Rate Exceeded.', { Reason: reason, Type: 'User' })

export interface FunctionRunnerOptions {
  startInstance: (configuration: FunctionConfiguration) => Promise<FunctionInstance>
  /** How many instances run at once for one function; more invocations wait. */
  mostInstances: number
}

/** Runs one function: warm processes are used again, new ones are started up to a limit. */
export class FunctionRunner {
  #configuration: FunctionConfiguration
  readonly #options: FunctionRunnerOptions
  readonly #idle: FunctionInstance[] = []
  readonly #alive = new Set<FunctionInstance>()
  readonly #starting = new Set<Promise<FunctionInstance>>()
  readonly #waiting: (() => void)[] = []
  #busy = 0
  #stopped = false

  constructor(configuration: FunctionConfiguration, options: FunctionRunnerOptions) {
    this.#configuration = configuration
    this.#options = options
  }

  get configuration(): FunctionConfiguration {
    return this.#configuration
  }

  /** Warm processes of the former configuration serve nothing more. */
  configure(configuration: FunctionConfiguration): void {
    this.#configuration = configuration
    for (const sandbox of this.#idle.splice(0)) sandbox.kill()
  }

  /** @throws AwsError `TooManyRequestsException` where the reserved concurrency is used up */
  async invoke(requestId: string, event: Buffer): Promise<InvocationResult> {
    const { reservedConcurrency } = this.#configuration
    if (reservedConcurrency !== undefined && this.#busy >= reservedConcurrency)
      throw tooManyRequests('ReservedFunctionConcurrentInvocationLimitExceeded')
    this.#busy += 1
    try {
      if (this.#busy > this.#options.mostInstances)
        await new Promise<void>(resolve => void this.#waiting.push(resolve))
      if (this.#stopped) throw tooManyRequests('CallerRateLimitExceeded')
      return await this.#run(requestId, event)
    } finally {
      this.#busy -= 1
      this.#waiting.shift()?.()
    }
  }

  /** Starts a process that the next invocation finds warm, as provisioned concurrency does. */
  async warm(): Promise<void> {
    if (this.#alive.size === 0) this.#idle.push(await this.#start(this.#configuration))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const resume of this.#waiting.splice(0)) resume()
    await Promise.allSettled(this.#starting)
    const alive = [...this.#alive]
    for (const sandbox of alive) sandbox.kill()
    await Promise.all(alive.map(({ exited }) => exited))
  }

  async #run(requestId: string, event: Buffer): Promise<InvocationResult> {
    const configuration = this.#configuration
    const sandbox = this.#warm() ?? (await this.#start(configuration))
    const result = await sandbox.invoke({ requestId, functionArn: configuration.arn, event })
    const outdated = this.#stopped || configuration !== this.#configuration
    if (outdated) sandbox.kill()
    else if (!sandbox.isDead) this.#idle.push(sandbox)
    return result
  }

  #warm(): FunctionInstance | undefined {
    for (;;) {
      const sandbox = this.#idle.pop()
      if (sandbox === undefined || !sandbox.isDead) return sandbox
    }
  }

  async #start(configuration: FunctionConfiguration): Promise<FunctionInstance> {
    const starting = this.#options.startInstance(configuration)
    this.#starting.add(starting)
    try {
      const sandbox = await starting
      this.#alive.add(sandbox)
      void sandbox.exited.then(() => this.#alive.delete(sandbox))
      return sandbox
    } finally {
      this.#starting.delete(starting)
    }
  }
}
