import { systemClock } from '../clock.ts'
import type { CredentialStore } from '../iam/credentials.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import { Sandbox } from './sandbox.ts'
import { type SandboxSurroundings, sandboxEnvironment } from './sandbox-environment.ts'

export interface SandboxFactoryDependencies {
  credentials: CredentialStore
  newId: () => string
  /** Known only when the endpoints listen. */
  surroundings: () => SandboxSurroundings
  log: (functionName: string, line: string) => void
}

/** Starts sandboxes, each with temporary keys of its own, so that a call tells which process made it. */
export class SandboxFactory {
  readonly #deps: SandboxFactoryDependencies
  readonly #byAccessKey = new Map<string, Sandbox>()

  constructor(deps: SandboxFactoryDependencies) {
    this.#deps = deps
  }

  async start(configuration: FunctionConfiguration): Promise<Sandbox> {
    const { credentials, newId, surroundings, log } = this.#deps
    const keys = credentials.issue({ roleArn: configuration.roleArn, sessionName: configuration.name })
    const logStream = `[$LATEST]${newId().replaceAll('-', '')}`
    const sandbox = await Sandbox.start({
      configuration,
      clock: systemClock,
      environment: runtimeApi =>
        sandboxEnvironment(configuration, keys, { runtimeApi, logStream }, surroundings()),
      log: line => log(configuration.name, line),
    })
    this.#byAccessKey.set(keys.accessKeyId, sandbox)
    void sandbox.exited.finally(() => {
      this.#byAccessKey.delete(keys.accessKeyId)
      credentials.revoke(keys.accessKeyId)
    })
    return sandbox
  }

  /** The living process that signs with this key. */
  sandboxOf(accessKeyId: string): Sandbox | undefined {
    return this.#byAccessKey.get(accessKeyId)
  }
}
