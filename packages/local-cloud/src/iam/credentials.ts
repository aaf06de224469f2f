import type { Clock } from '../clock.ts'

/** Keys that stay valid, of a person. */
export interface KeyPair {
  accessKeyId: string
  secretAccessKey: string
}

/** Temporary keys, as STS makes them for a role. */
export interface Credentials extends KeyPair {
  sessionToken: string
  expiresAtMs: number
}

/** Who holds an access key. */
export interface RoleSession {
  roleArn: string
  /** A Lambda's session is called like the function. */
  sessionName: string
}

/** What a signature with an access key is verified by. */
export interface HeldKey {
  secretAccessKey: string
  /** Must come with every call. */
  sessionToken?: string
  isExpired: boolean
}

/**
 * The keys of whoever runs this cloud: he may do everything, as the root user of an account may. They are the same
 * in every cloud, so that a command that was written down works the next day; nothing but this machine can reach it.
 */
export const operatorKeys: KeyPair = { accessKeyId: 'operator', secretAccessKey: 'operator' }

const lifetimeMs = 12 * 60 * 60 * 1000

/** Every access key of the account: the operator's, and those that were issued for roles. */
export class CredentialStore {
  readonly #clock: Clock
  readonly #randomText: (length: number) => string
  readonly #sessions = new Map<string, RoleSession & Credentials>()

  /** @param randomText makes so many unguessable characters of A-Z and 2-7 */
  constructor(clock: Clock, randomText: (length: number) => string) {
    this.#clock = clock
    this.#randomText = randomText
  }

  issue(session: RoleSession): Credentials {
    const issued = {
      accessKeyId: `ASIA${this.#randomText(16)}`,
      secretAccessKey: this.#randomText(40),
      sessionToken: this.#randomText(64),
      expiresAtMs: this.#clock.now() + lifetimeMs,
    }
    this.#sessions.set(issued.accessKeyId, { ...session, ...issued })
    return issued
  }

  revoke(accessKeyId: string): void {
    this.#sessions.delete(accessKeyId)
  }

  /** Undefined for a key that nobody holds. */
  find(accessKeyId: string): HeldKey | undefined {
    if (accessKeyId === operatorKeys.accessKeyId)
      return { secretAccessKey: operatorKeys.secretAccessKey, isExpired: false }
    const held = this.#sessions.get(accessKeyId)
    if (held === undefined) return undefined
    const { secretAccessKey, sessionToken, expiresAtMs } = held
    return { secretAccessKey, sessionToken, isExpired: expiresAtMs <= this.#clock.now() }
  }

  /** Undefined for a key that no role has, or that is no longer valid. */
  sessionOf(accessKeyId: string): RoleSession | undefined {
    const session = this.#sessions.get(accessKeyId)
    if (session === undefined || session.expiresAtMs <= this.#clock.now()) return undefined
    return { roleArn: session.roleArn, sessionName: session.sessionName }
  }
}
