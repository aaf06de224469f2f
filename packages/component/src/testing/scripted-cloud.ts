import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { ExecutionStatus } from '@rotator/protocol/messages/jobs'
import { rotateOperation } from '@rotator/protocol/names'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { readTopic } from '@rotator/protocol/topics'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { execution } from './identity-store-contract.ts'
import { MemoryIdentityStore } from './memory-identity-store.ts'
import { idOf } from './test-authority.ts'

type Payload = Record<string, unknown>
export type Reply = [topic: string, payload: string]

/** The cloud's side of one rotation, as far as it takes to lead a device down one way of it. */
export class ScriptedCloud {
  status: ExecutionStatus = 'QUEUED'
  statusDetails: Payload = {}
  /** What Greengrass is connected with. */
  connected: CertificateId
  /** How commits by NEW are answered; `refuse-first` changes its mind when the device asks over OLD. */
  verdict: 'accept' | 'refuse' | 'refuse-first' = 'accept'
  /** So many messages are swallowed. */
  silentFor = 0
  /** How many commits arrived. */
  commits = 0
  /** What no device may ever do. */
  readonly violations: string[] = []
  readonly #thing: ThingName
  #execution = execution
  #old: CertificateId
  readonly #issue: (csr: string) => string
  #accepted = false
  #new: CertificateId | undefined

  constructor(
    thing: ThingName,
    old: CertificateId,
    issue: (csr: string) => string = csr => MemoryIdentityStore.issue(csr),
  ) {
    this.#issue = issue
    this.#thing = thing
    this.#old = old
    this.connected = old
  }

  get isOver(): boolean {
    return this.status !== 'QUEUED' && this.status !== 'IN_PROGRESS'
  }

  get new(): CertificateId | undefined {
    return this.#new
  }

  receive(topic: string, payload: string): Reply[] {
    this.silentFor -= 1
    if (this.silentFor >= 0) return []
    // A request's topic becomes one that the device knows when it is answered.
    const request = readTopic(this.#thing, `${topic}/accepted`)
    const body = JSON.parse(payload) as Payload
    switch (request?.kind) {
      case 'job-get':
        return this.#describe(topic, body)
      case 'job-update':
        return this.#update(topic, body)
      case 'create':
        return this.#create(topic, body)
      case 'commit':
        return this.#commit(topic, body)
      default:
        this.violations.push(`published to ${topic}`)
        return []
    }
  }

  /** The next attempt of the job begins, from what is connected now. */
  again(): void {
    this.#execution = { ...this.#execution, executionNumber: this.#execution.executionNumber + 1 }
    this.#old = this.connected
    this.#new = undefined
    this.#accepted = false
    this.status = 'QUEUED'
  }

  #describe(topic: string, { includeJobDocument, clientToken }: Payload): Reply[] {
    const described = {
      ...this.#execution,
      status: this.status,
      ...(includeJobDocument === true ? { jobDocument: { operation: rotateOperation } } : {}),
    }
    const isNext = topic.includes('$next')
    return accept(topic, isNext && this.isOver ? {} : { execution: described, clientToken })
  }

  #update(topic: string, { status, statusDetails, clientToken }: Payload): Reply[] {
    if (this.isOver) {
      const refusal = { code: 'InvalidStateTransition', clientToken, executionState: { status: this.status } }
      return reject(topic, refusal)
    }
    if (status === 'SUCCEEDED' && !this.#accepted)
      this.violations.push('SUCCEEDED before a commit was accepted')
    if (status === 'FAILED' && this.connected !== this.#old)
      this.violations.push('FAILED on the new certificate')
    this.status = status as ExecutionStatus
    this.statusDetails = statusDetails as Payload
    return accept(topic, { clientToken })
  }

  #create(topic: string, { csr }: Payload): Reply[] {
    const digest = csrDigest(String(csr))
    if (this.status !== 'IN_PROGRESS')
      return reject(topic, this.#rejection('EXECUTION_NOT_IN_PROGRESS', { csrDigest: digest }))
    const certificatePem = this.#issue(String(csr))
    this.#new = idOf(certificatePem)
    return accept(topic, { ...this.#execution, certificatePem, certificateId: this.#new, csrDigest: digest })
  }

  #commit(topic: string, { certificateId, turn, confirmed }: Payload): Reply[] {
    this.commits += 1
    const answered = { certificateId, turn }
    if (certificateId !== this.connected)
      return reject(topic, this.#rejection('RESTART_PENDING', answered, true))
    if (this.connected === this.#old) {
      if (this.verdict === 'refuse') return reject(topic, this.#rejection('OLD_CERTIFICATE_IN_USE', answered))
      this.verdict = 'accept'
      return reject(topic, this.#rejection('NEW_CERTIFICATE_KEPT', answered))
    }
    if (this.verdict !== 'accept') return reject(topic, this.#rejection('ABANDONED', answered))
    this.#accepted = true
    return accept(topic, { ...this.#execution, ...answered, confirmed })
  }

  #rejection(code: RejectionCode, answered: Payload, retryable = false): Payload {
    return { ...this.#execution, ...answered, code, retryable, errorMsg: code }
  }
}

const accept = (topic: string, payload: Payload): Reply[] => [[`${topic}/accepted`, JSON.stringify(payload)]]
const reject = (topic: string, payload: Payload): Reply[] => [[`${topic}/rejected`, JSON.stringify(payload)]]
