import type { Clock } from '../clock.ts'

/** Temporary keys, as STS makes them for a role. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiresAtMs: number
}

/** Who holds an access key. */
export interface RoleSession {
  roleArn: string
  /** A Lambda's session is called like the function. */
  sessionName: string
}

const lifetimeMs = 12 * 60 * 60 * 1000

/** Which role an access key belongs to. Keys of nobody are the operator's own and may do everything. */
export class CredentialStore {
  readonly #clock: Clock
  readonly #randomText: (length: number) => string
  readonly #sessions = new Map<string, RoleSession & { expiresAtMs: number }>()

  /** @param randomText makes so many unguessable characters of A-Z and 2-7 */
  constructor(clock: Clock, randomText: (length: number) => string) {
    this.#clock = clock
    this.#randomText = randomText
  }

  issue(session: RoleSession): Credentials {
    const accessKeyId = `ASIA${this.#randomText(16)}`
    const expiresAtMs = this.#clock.now() + lifetimeMs
    this.#sessions.set(accessKeyId, { ...session, expiresAtMs })
    return {
      accessKeyId,
      secretAccessKey: this.#randomText(40),
      sessionToken: this.#randomText(64),
      expiresAtMs,
    }
  }

  revoke(accessKeyId: string): void {
    this.#sessions.delete(accessKeyId)
  }

  /** Undefined for a key that was not issued here, or is no longer valid. */
  sessionOf(accessKeyId: string): RoleSession | undefined {
    const session = this.#sessions.get(accessKeyId)
    if (session === undefined || session.expiresAtMs <= this.#clock.now()) return undefined
    return { roleArn: session.roleArn, sessionName: session.sessionName }
  }
}
