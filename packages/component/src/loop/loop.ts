import type { ThingName } from '@rotator/protocol/ids'
import { logFields } from '@rotator/protocol/log-fields'
import { type Advanced, advance } from '@rotator/rotation/device/advance'
import { initialState } from '@rotator/rotation/device/derive'
import type { Effect } from '@rotator/rotation/device/effects'
import type { Configured, DeviceEvent } from '@rotator/rotation/device/events'
import { encodeJournal } from '@rotator/rotation/device/journal'
import type { Failure, Phase, ServiceDigest, State } from '@rotator/rotation/device/state'
import { fileErrorCode } from '../identities/files/file-system.ts'
import { type IdentityStore, StoreError } from '../identities/identity-store.ts'
import type { Journal } from '../journal/journal.ts'
import type { Log, LogFields } from '../log.ts'
import { messageOf } from '../message-of.ts'
import type { Timers } from '../timers.ts'
import { readMessage } from './incoming.ts'
import type { Outbox } from './outbox.ts'
import { lookAgain, lookLater } from './performer.ts'

export interface LoopParts {
  thing: ThingName
  /** The life of Greengrass that this process belongs to. */
  service: ServiceDigest
  journal: Journal
  store: IdentityStore
  outbox: Pick<Outbox, 'clear'>
  perform: (effect: Effect) => Promise<DeviceEvent | typeof lookAgain | typeof lookLater | undefined>
  /** @returns undefined where the configuration cannot be read now. */
  configured: () => Promise<Configured | undefined>
  timers: Timers
  log: Log
  /** A fault of ours: the process ends, the journal survives, and the next start resumes. */
  onCrash: (error: unknown) => void
}

type Input =
  | { kind: 'start' }
  | { kind: 'event'; event: DeviceEvent }
  | { kind: 'message'; topic: string; payload: string }

type Rejected = Extract<DeviceEvent, { kind: 'create-rejected' | 'commit-rejected' }>

/** A disk that fails is tried again after 10 s, doubling to 60 s. */
const firstRetryMs = 10_000
const lastRetryMs = 60_000
/** An HSM may be there later than Greengrass. Until then jobs stay queued, which costs them nothing. */
const looksUntilUnreadable = 6
/** In these a device can say why it does no job. In all others it must know what is stored. */
const canDoWithout: readonly Phase[] = ['idle', 'fail', 'close']

/**
 * Takes one input at a time: advance, make the new state durable, only then act. What acting brings comes back as
 * inputs, so nothing ever happens beside the state machine.
 */
export class Loop {
  readonly #parts: LoopParts
  readonly #inputs: Input[] = []
  #state: State
  #service: ServiceDigest
  #isJournalRead = false
  #isStarted = false
  #isBusy = false
  #isStopped = false
  #failedLooks = 0
  #cancelLook: () => void = () => {}

  constructor(parts: LoopParts) {
    this.#parts = parts
    this.#state = initialState(parts.service)
    this.#service = parts.service
  }

  /** Reads the journal and what is stored, and carries on from there. */
  start(): void {
    this.#push({ kind: 'start' })
  }

  give(event: DeviceEvent): void {
    this.#push({ kind: 'event', event })
  }

  receive(topic: string, payload: string): void {
    this.#push({ kind: 'message', topic, payload })
  }

  /** Takes nothing more; what is under way is finished. */
  stop(): void {
    this.#isStopped = true
  }

  #push(input: Input): void {
    this.#inputs.push(input)
    if (!this.#isBusy) void this.#drain()
  }

  async #drain(): Promise<void> {
    this.#isBusy = true
    try {
      for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
        if (this.#isStopped) return
        await this.#take(input)
      }
    } catch (error) {
      this.#isStopped = true
      this.#parts.onCrash(error)
    } finally {
      this.#isBusy = false
    }
  }

  async #take(input: Input): Promise<void> {
    const event = await this.#eventOf(input)
    if (event === undefined) return
    if (event.kind === 'service-restarted') this.#service = event.service
    const from = this.#state
    const advanced = advance(from, event)
    this.#state = advanced.state
    if (advanced.edge !== undefined) this.#parts.outbox.clear()
    await this.#journal(advanced.state)
    this.#tell(from, event, advanced)
    // What came back while a failure was being reported was looked at by nobody.
    if (advanced.edge !== undefined && isUnread(advanced.state)) this.#lookIn(lastRetryMs)
    for (const effect of advanced.effects) {
      if (this.#isStopped) return
      const outcome = await this.#parts.perform(effect)
      if (outcome === lookAgain) this.#push({ kind: 'start' })
      else if (outcome === lookLater) this.#lookIn(lastRetryMs)
      else if (outcome !== undefined) this.give(outcome)
    }
  }

  async #eventOf(input: Input): Promise<DeviceEvent | undefined> {
    // Nothing is understood before it is known what was intended and what is there; what comes too early comes again.
    if (!this.#isStarted && input.kind !== 'start') return undefined
    if (input.kind === 'event') return input.event
    if (input.kind === 'start') return this.#started()
    const event = await this.#message(input.topic, input.payload)
    return event !== undefined && isJob(event) ? ((await this.#startedAfterAll()) ?? event) : event
  }

  /** A job must not fail for what was so a minute ago. Once what is stored can be read, jobs are asked for again. */
  async #startedAfterAll(): Promise<DeviceEvent | undefined> {
    if (!isUnread(this.#state)) return undefined
    const event = await this.#started()
    return event?.kind === 'started' ? event : undefined
  }

  async #started(): Promise<DeviceEvent | undefined> {
    const { store, log } = this.#parts
    this.#cancelLook()
    try {
      this.#readJournal()
      const { remark, ...found } = await store.find()
      if (remark !== undefined) log('warn', remark)
      this.#isStarted = true
      this.#failedLooks = 0
      return { kind: 'started', found, service: this.#service }
    } catch (error) {
      if (!(error instanceof StoreError) && fileErrorCode(error) === 'UNKNOWN') throw error
      log('error', `What is stored cannot be read, and is looked at again later: ${messageOf(error)}`)
      return this.#unreadable(error)
    }
  }

  /** @returns undefined while it is waited for without a word, since what the journal intends needs what is stored */
  #unreadable(error: unknown): DeviceEvent | undefined {
    this.#failedLooks += 1
    const isLasting = isHopeless(error) || this.#failedLooks >= looksUntilUnreadable
    this.#lookIn(isLasting ? lastRetryMs : firstRetryMs)
    if (!this.#isJournalRead || !isLasting || !canDoWithout.includes(this.#state.phase)) return undefined
    this.#isStarted = true
    return { kind: 'unreadable', failure: failureOf(error), service: this.#service }
  }

  #lookIn(afterMs: number): void {
    this.#cancelLook()
    this.#cancelLook = this.#parts.timers.after(afterMs, () => {
      this.#push({ kind: 'start' })
    })
  }

  /** Once a process: after that the state is ahead of it. */
  #readJournal(): void {
    if (this.#isJournalRead) return
    const reading = this.#parts.journal.read()
    if (reading.kind === 'read') this.#state = reading.state
    if (reading.kind === 'set-aside') this.#parts.log('error', reading.remark)
    this.#isJournalRead = true
  }

  async #message(topic: string, payload: string): Promise<DeviceEvent | undefined> {
    const { thing, log } = this.#parts
    const configured = await this.#parts.configured()
    if (configured === undefined) return undefined
    const message = readMessage(thing, topic, payload, configured)
    if (message.ok) return message.value
    log('warn', `A message was dropped: ${message.problem}. Compare the versions of component and backend.`, {
      topic,
    })
    return undefined
  }

  /** What is not durable must not be acted upon, so there is nothing to do but to wait. */
  async #journal(state: State): Promise<void> {
    const { journal, timers, log } = this.#parts
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, lastRetryMs)) {
      const written = journal.write(state)
      if (written.ok) return
      log('error', written.problem)
      await new Promise<void>(resolve => {
        timers.after(retryMs, resolve)
      })
    }
  }

  /** Also one that changes nothing: without it nobody would know why the device asks on. */
  #tellRejection({ kind, reply }: Rejected): void {
    const request = kind === 'create-rejected' ? 'create' : 'commit'
    const message = `The cloud rejected the ${request}: ${reply.errorMsg ?? 'no reason was given'}`
    this.#parts.log('warn', message, { [logFields.code]: reply.code, retryable: reply.retryable })
  }

  /** One line a transition: an operator can retell the rotation from them. */
  #tell(from: State, event: DeviceEvent, { state, edge }: Advanced): void {
    if (event.kind === 'create-rejected' || event.kind === 'commit-rejected') this.#tellRejection(event)
    if (edge === undefined && encodeJournal(from) === encodeJournal(state)) return
    if (isBlind(state) && !isBlind(from)) this.#parts.log('warn', withoutProbe)
    const failure = 'failure' in state && state.failure !== null ? state.failure : undefined
    const fields: LogFields = {
      [logFields.from]: from.phase,
      [logFields.to]: state.phase,
      [logFields.event]: event.kind,
      edge,
      ...executionFields(state),
      [logFields.certificateId]:
        'newCertificateId' in state ? (state.newCertificateId ?? undefined) : undefined,
      [logFields.code]: failure?.code,
      reason: failure?.reason,
    }
    this.#parts.log(
      'info',
      state.phase === from.phase ? `still in ${state.phase}` : `now in ${state.phase}`,
      fields,
    )
  }
}

/** One of which is known what it is to do. */
const isJob = (event: DeviceEvent): boolean =>
  (event.kind === 'next-job' || event.kind === 'job-described') && event.execution?.jobDocument !== undefined

/** To wait helps nothing: the token has judged the PIN. */
const isHopeless = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'HSM_PIN_REFUSED'

const failureOf = (error: unknown): Failure => ({
  code: error instanceof StoreError ? error.code : 'STORAGE_FAILED',
  reason: messageOf(error),
})

const isUnread = (state: State): boolean => state.phase === 'idle' && state.unread !== null

const isBlind = (state: State): boolean => 'blind' in state && state.blind

const withoutProbe =
  'For ten minutes no identity could be tried at the endpoint, although Greengrass is connected; the rotation goes on without that. Check that the component can read the root CA and reach the proxy that Greengrass is configured with.'

function executionFields(state: State): LogFields {
  if (!('execution' in state)) return {}
  const { jobId, executionNumber } = state.execution
  return { [logFields.jobId]: jobId, [logFields.executionNumber]: executionNumber }
}
