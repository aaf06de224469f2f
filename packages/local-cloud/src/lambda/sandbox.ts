import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../clock.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { FunctionInstance, InvocationResult } from './function-instance.ts'
import { type RuntimeApi, type RuntimeInvocation, startRuntimeApi } from './runtime-api.ts'

export interface SandboxOptions {
  configuration: FunctionConfiguration
  /** The process's whole environment, once the address of its Runtime API is known. */
  environment: (runtimeApi: string) => Record<string, string>
  /** Gets every line that the process writes. */
  log: (line: string) => void
  /** Real time: processes know no other. */
  clock: Clock
}

const bootstrap = fileURLToPath(new URL('runtime/bootstrap.ts', import.meta.url))

const failed = (errorType: string, errorMessage: string): InvocationResult => ({
  functionError: 'Unhandled',
  payload: Buffer.from(JSON.stringify({ errorType, errorMessage })),
})

/** One process that runs a function, one invocation at a time, again and again until it dies. */
export class Sandbox implements FunctionInstance {
  readonly #options: SandboxOptions
  readonly #api: RuntimeApi
  readonly #process: ChildProcess
  readonly #exited: Promise<string>
  #dead = false

  private constructor(options: SandboxOptions, api: RuntimeApi) {
    this.#options = options
    this.#api = api
    const { configuration } = options
    const heapMb = Math.max(32, Math.floor(configuration.memoryMb * 0.9))
    this.#process = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, bootstrap], {
      cwd: configuration.codeDirectory,
      env: options.environment(api.address),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#exited = new Promise(resolve => {
      const gone = (how: string) => {
        this.#dead = true
        api.close()
        resolve(how)
      }
      this.#process.once('error', error => gone(error.message))
      this.#process.once('close', (code, signal) =>
        gone(signal === null ? `exit status ${code}` : `signal: ${signal}`),
      )
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#forward(stream)
  }

  static async start(options: SandboxOptions): Promise<Sandbox> {
    return new Sandbox(options, await startRuntimeApi())
  }

  get isDead(): boolean {
    return this.#dead
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Resolves when the process is gone and its output has been read. */
  get exited(): Promise<string> {
    return this.#exited
  }

  /** Never rejects: whatever goes wrong is an error of the invocation. After a timeout or an exit it is dead. */
  async invoke(invocation: Omit<RuntimeInvocation, 'deadlineMs'>): Promise<InvocationResult> {
    const { configuration, clock, log } = this.#options
    const startedAtMs = clock.now()
    log(`START RequestId: ${invocation.requestId} Version: $LATEST`)
    const timeoutMs = configuration.timeoutSeconds * 1000
    const { requestId } = invocation
    const timedOut = Promise.withResolvers<InvocationResult>()
    const timer = clock.after(timeoutMs, () => {
      const seconds = configuration.timeoutSeconds.toFixed(2)
      const message = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`
      timedOut.resolve(failed('Sandbox.Timedout', message))
      this.kill()
    })
    const answer = this.#api
      .invoke({ ...invocation, deadlineMs: clock.now() + timeoutMs })
      .then(({ kind, payload }) =>
        kind === 'response' ? { payload } : { functionError: 'Unhandled' as const, payload },
      )
    const initError = this.#api.initError.then(payload => ({ functionError: 'Unhandled' as const, payload }))
    const exit = this.#exited.then(how =>
      failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`),
    )
    const result = await Promise.race([answer, timedOut.promise, initError, exit])
    timer.cancel()
    log(`END RequestId: ${requestId}`)
    log(
      `REPORT RequestId: ${requestId}\tDuration: ${clock.now() - startedAtMs} ms\tMemory Size: ${configuration.memoryMb} MB`,
    )
    return result
  }

  kill(): void {
    this.#dead = true
    this.#process.kill('SIGKILL')
  }

  #forward(stream: Readable | null): void {
    if (stream !== null) createInterface({ input: stream }).on('line', this.#options.log)
  }
}
