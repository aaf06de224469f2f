import type { Configured } from '@rotator/rotation/device/events'
import type { Environment } from './environment.ts'
import { type IpcConnection, openConnection } from './greengrass-ipc/connection.ts'
import { IpcError } from './greengrass-ipc/ipc-error.ts'
import {
  deferComponentUpdate,
  getConfiguration,
  type ProposedConfiguration,
  publishToIotCore,
  reportValidity,
  subscribeToComponentUpdates,
  subscribeToIotCore,
  subscribeToProposedConfigurations,
} from './greengrass-ipc/operations.ts'
import { keepSession, type Session } from './greengrass-ipc/session.ts'
import type { KeyHome } from './keys/key-home.ts'
import type { Log } from './log.ts'
import { chooseConfigured, readConfigured } from './loop/configured.ts'
import { judgeProposal } from './loop/judge-proposal.ts'
import { messageOf } from './message-of.ts'
import type { Timers } from './timers.ts'

export interface GreengrassLinkOptions {
  environment: Environment
  topics: readonly string[]
  /** Has a say in whether a proposed configuration can be used. */
  home: KeyHome
  timers: Timers
  random: () => number
  log: Log
  onMessage: (topic: string, payload: string) => void
  onUp: () => void
  /** @param isDeaf it is not Greengrass's own connection with AWS IoT that keeps replies from arriving */
  onDown: (isDeaf: boolean) => void
}

const callTimeoutMs = 30_000
const firstRetryMs = 1_000
const lastRetryMs = 60_000
/** The nucleus asks again after that; a rotation's switch takes about as long. */
const recheckUpdateAfterMs = 60_000

/** Everything that this component has with Greengrass, over one connection that is kept up. */
export class GreengrassLink {
  readonly #options: GreengrassLinkOptions
  #session: Session | undefined
  #known: Configured | undefined
  #areUpdatesDeferred = false
  /** How many topics of this connection are subscribed to; undefined before the first of them is asked for. */
  #subscribed: number | undefined

  constructor(options: GreengrassLinkOptions) {
    this.#options = options
  }

  open(): void {
    const { environment, timers, random, log, onUp, onDown } = this.#options
    this.#session = keepSession({
      open: async () => openConnection({ ...environment, timers, callTimeoutMs }),
      prepare: async connection => this.#prepare(connection),
      onUp: () => {
        log('info', 'Connected with Greengrass; all topics are subscribed to.')
        onUp()
      },
      onDown: error => {
        log('warn', messageOf(error))
        onDown(!this.#isOffline(error))
      },
      timers,
      firstRetryMs,
      lastRetryMs,
      random,
    })
  }

  /** Ends the connection, so that everything is subscribed to on a new one. */
  subscribeAgain(): void {
    this.#session?.renew()
  }

  close(): void {
    this.#session?.stop()
  }

  async publish(topic: string, payload: string, once: boolean): Promise<void> {
    await publishToIotCore(this, topic, payload, once)
  }

  deferUpdates(isDeferred: boolean): void {
    this.#areUpdatesDeferred = isDeferred
  }

  /** The configuration as it stands now; as it stood last where it cannot be read; undefined before that. */
  async configured(): Promise<Configured | undefined> {
    try {
      this.#known = readConfigured(await getConfiguration(this))
    } catch (error) {
      this.#options.log('warn', messageOf(error))
    }
    return this.#known
  }

  async call(...call: Parameters<Session['call']>): Promise<unknown> {
    if (this.#session === undefined)
      throw new IpcError('IPC_DISCONNECTED', 'Greengrass is not connected yet.')
    return this.#session.call(...call)
  }

  /** Subscribes to configurations before one is read, so that no change falls in between. */
  async #prepare(connection: IpcConnection): Promise<void> {
    const { topics, onMessage } = this.#options
    this.#subscribed = undefined
    await this.#ifKnown(async () =>
      subscribeToProposedConfigurations(connection, proposal => void this.#judge(connection, proposal)),
    )
    await this.#ifKnown(async () =>
      subscribeToComponentUpdates(
        connection,
        deploymentId => void this.#answerUpdate(connection, deploymentId),
      ),
    )
    this.#known = readConfigured(await getConfiguration(connection))
    const choice = chooseConfigured(this.#known)
    if (!choice.ok) {
      this.#options.log('error', `${choice.problem} Until the configuration is changed, rotation jobs fail.`)
    }
    this.#subscribed = 0
    for (const topic of topics) {
      await subscribeToIotCore(connection, topic, onMessage)
      this.#subscribed += 1
    }
  }

  /**
   * The classic nucleus leaves the first subscription unanswered while it has no connection with AWS IoT, Nucleus Lite
   * refuses it. Later ones tell of policies, and an authorization that is missing tells of the deployment.
   */
  #isOffline(error: unknown): boolean {
    if (this.#subscribed !== 0 || !(error instanceof IpcError)) return false
    const isRefused = error.code === 'IPC_SERVICE_ERROR' && error.serviceCode !== 'UnauthorizedError'
    return isRefused || error.code === 'IPC_TIMEOUT'
  }

  /** Nucleus Lite does not know all operations; the rotation works without these. */
  async #ifKnown(subscribe: () => Promise<void>): Promise<void> {
    try {
      await subscribe()
    } catch (error) {
      if (!(error instanceof IpcError) || error.code !== 'IPC_SERVICE_ERROR') throw error
      this.#options.log('info', `${error.message} The component works without it.`)
    }
  }

  async #judge(
    connection: IpcConnection,
    { deploymentId, configuration }: ProposedConfiguration,
  ): Promise<void> {
    const validity = await judgeProposal(this.#options, configuration)
    const message =
      validity.status === 'REJECTED' ? validity.message : 'A proposed configuration was accepted.'
    this.#options.log('info', message, { deploymentId })
    await this.#answer(async () => reportValidity(connection, deploymentId, validity))
  }

  async #answerUpdate(connection: IpcConnection, deploymentId: string): Promise<void> {
    const recheckAfterMs = this.#areUpdatesDeferred ? recheckUpdateAfterMs : 0
    this.#options.log('info', 'A deployment wants to update components.', { deploymentId, recheckAfterMs })
    await this.#answer(async () => deferComponentUpdate(connection, deploymentId, recheckAfterMs))
  }

  async #answer(answer: () => Promise<void>): Promise<void> {
    try {
      await answer()
    } catch (error) {
      this.#options.log('warn', messageOf(error))
    }
  }
}
