import type { CertificateId } from '@rotator/protocol/ids'
import { jobDocumentText } from '@rotator/protocol/names'
import { ownFunction } from '../aws/own-function.ts'
import { commitCertificate } from '../commit-certificate/commit-certificate.ts'
import type { ConsequencePorts } from '../consequences.ts'
import { createCertificate } from '../create-certificate/create-certificate.ts'
import { ownCheck } from '../create-certificate/own-check.ts'
import { finishRotation } from '../finish-rotation/finish-rotation.ts'
import { awsIotIssuer } from '../issuers/aws-iot-issuer.ts'
import { ownIssuer } from '../issuers/own-issuer.ts'
import { privateCaClient } from '../issuers/private-ca-client.ts'
import { privateCaIssuer } from '../issuers/private-ca-issuer.ts'
import { privateCaRevocation } from '../issuers/private-ca-revocation.ts'
import type { ReportLine } from '../report.ts'
import { retireCertificates } from '../retire-certificate/retire-certificate.ts'
import { sweepPorts } from '../sweep/ports.ts'
import { sweep } from '../sweep/sweep.ts'
import type { SweepDependencies } from '../sweep/sweep-dependencies.ts'
import { awsPorts } from '../wiring.ts'
import { FakeAws } from './fake-aws/fake-aws.ts'
import { testAuthority } from './fake-aws/private-ca.ts'
import { issueCertificate } from './fake-certificates.ts'
import { fakeClientSettings, fakeClients } from './fake-clients.ts'
import { deviceSubject, newKey, requestFor, spki } from './fake-requests.ts'
import { jobId, thingName } from './test-ids.ts'

export const thing = thingName('dev1')
export const job = jobId('J1')
export const oldKey = newKey()
const firstKey = newKey()
/** The request of the device's first execution, and one that another key makes. */
export const firstCsr = await requestFor(firstKey)
export const otherCsr = await requestFor(newKey())

/** Functions of the operators'; what they answer is put into `aws.messaging.functions`. */
export const ownIssuerArn = 'arn:aws:lambda:eu-west-1:123456789012:function:own-issuer'
export const ownCheckArn = 'arn:aws:lambda:eu-west-1:123456789012:function:own-check'

export interface WorldOptions {
  retireDelaySeconds?: number
  holdSeconds?: number
  /** Of OLD, ISO 8601. */
  oldNotAfter?: string
  /** Has AWS Private CA issue, or the function {@link ownIssuerArn}. */
  issuer?: 'private-ca' | 'own'
  /** Has the function {@link ownCheckArn} asked before. */
  checks?: boolean
  /** Has certificates that go revoked there. */
  revokes?: boolean
}

/** A thing with its certificate OLD and a rotation job in progress, and the backend's functions on a fake AWS. */
export class RotationWorld {
  readonly aws = new FakeAws()
  readonly old: CertificateId
  readonly lines: ReportLine[] = []
  nowMs = Date.parse('2026-01-01T00:00:00Z')
  /** What happens while a handler waits. */
  whilePausing: () => void = () => {}
  readonly ports: ConsequencePorts
  readonly create: (event: unknown) => Promise<void>
  readonly commit: (event: unknown) => Promise<void>
  readonly finish: (event: unknown) => Promise<void>
  readonly retire: ReturnType<typeof retireCertificates>
  readonly sweepDeps: SweepDependencies

  constructor(options: WorldOptions = {}) {
    const { retireDelaySeconds = 0, holdSeconds = 0, oldNotAfter, issuer, checks, revokes = false } = options
    const { pem } = issueCertificate(deviceSubject, spki(oldKey), oldNotAfter)
    this.old = this.aws.iot.addCertificate(pem, ['device-policy'])
    this.aws.iot.addThing(thing)
    this.aws.iot.attach(thing, this.old)
    this.setExecution(1, 'IN_PROGRESS')
    const { environment, ...clients } = fakeClients(this.aws)
    const times = {
      now: () => this.nowMs,
      pause: async (ms: number) => {
        this.nowMs += ms
        this.whilePausing()
      },
    }
    const pca = privateCaClient(fakeClientSettings(this.aws), testAuthority.authorityArn)
    const deps = {
      ...awsPorts(environment, clients),
      ...times,
      issuer: {
        'aws-iot': () => awsIotIssuer(clients.iot),
        'private-ca': () => privateCaIssuer({ pca, iot: clients.iot, settings: testAuthority, ...times }),
        own: () => ownIssuer(ownFunction(fakeClientSettings(this.aws), ownIssuerArn), clients.iot),
      }[issuer ?? 'aws-iot'](),
      check: checks ? ownCheck(ownFunction(fakeClientSettings(this.aws), ownCheckArn)) : undefined,
      beginRevoking: revokes ? privateCaRevocation(pca, testAuthority.authorityArn) : undefined,
      retireDelaySeconds,
      holdSeconds,
      report: (line: ReportLine) => void this.lines.push(line),
    }
    this.ports = deps
    this.sweepDeps = { ...sweepPorts(environment, clients), ...deps }
    this.create = createCertificate(deps)
    this.commit = commitCertificate(deps)
    this.finish = finishRotation(deps)
    this.retire = retireCertificates(deps)
  }

  setExecution(
    executionNumber: number,
    status: string,
    jobId: string = job,
    document = jobDocumentText,
  ): void {
    const updatedAtMs = this.nowMs
    const details = { CertificateRotator: 'true', phase: 'fail' }
    const begun = status === 'QUEUED' ? {} : { startedAtMs: updatedAtMs, details }
    const execution = { jobId, executionNumber, status, document, secondsLeft: 3_600, updatedAtMs, ...begun }
    this.aws.data.setExecution(thing, execution)
  }

  /** Attaches one more certificate, of another key, that no rotation made. */
  addCertificate(): CertificateId {
    const id = this.aws.iot.addCertificate(issueCertificate(deviceSubject, spki(newKey())).pem)
    this.aws.iot.attach(thing, id)
    return id
  }

  /** The certificate that the record calls NEW. */
  get new(): CertificateId {
    return this.record.newCertificateId as CertificateId
  }

  get record(): Record<string, unknown> {
    return this.aws.data.shadows.get(thing)?.reported ?? {}
  }

  /** Attached, active certificates. */
  get usable(): string[] {
    return this.aws.iot.attached(thing).filter(id => this.aws.iot.certificates.get(id)?.status === 'ACTIVE')
  }

  get replies(): Record<string, unknown>[] {
    return this.aws.data.published.map(({ topic, payload, qos }) => ({
      verdict: topic.split('/').slice(-2).join('/'),
      qos,
      ...payload,
    }))
  }

  get lastReply(): Record<string, unknown> | undefined {
    return this.replies.at(-1)
  }

  createEvent(more: Record<string, unknown> = {}): Record<string, unknown> {
    const asked = { jobId: job, csr: firstCsr, executionNumber: 1 }
    return { ...asked, ...this.#rule('create', this.old), ...more }
  }

  commitEvent(principal: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    const asked = { jobId: job, executionNumber: 1, certificateId: principal, turn: 0 }
    return { ...asked, ...this.#rule('commit', principal), ...more }
  }

  endedEvent(operation: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      eventType: 'JOB_EXECUTION',
      operation,
      jobId: job,
      thingArn: `arn:aws:iot:eu-west-1:123456789012:thing/${thing}`,
      status: operation.toUpperCase(),
      statusDetails: { CertificateRotator: 'true', phase: 'fail' },
      ...more,
    }
  }

  /** Ends the execution in AWS IoT Jobs and handles its event. */
  async end(operation: string, more: Record<string, unknown> = {}, executionNumber = 1): Promise<void> {
    this.setExecution(executionNumber, operation.toUpperCase())
    await this.finish(this.endedEvent(operation, more))
  }

  /** Runs the schedule's event, and whatever continues it, some time after everything that happened so far. */
  async sweep(afterSeconds = this.sweepDeps.sweepTimes.graceSeconds + 1): Promise<void> {
    this.nowMs += afterSeconds * 1000
    const { invocations } = this.aws.messaging
    await sweep(this.sweepDeps)({ source: 'aws.events' })
    for (let next = invocations.shift(); next !== undefined; next = invocations.shift()) {
      await sweep(this.sweepDeps)(next.event)
    }
  }

  /** Hands the queue over once, as it stands, letting the time pass that its messages wait for. */
  async drain() {
    const messages = this.aws.messaging.queue
    this.aws.messaging.queue = []
    this.nowMs += Math.max(0, ...messages.map(({ delaySeconds }) => delaySeconds)) * 1000
    const Records = messages.map(({ body }, index) => ({ messageId: String(index), body }))
    const { batchItemFailures } = await this.retire({ Records })
    const failed = batchItemFailures.map(({ itemIdentifier }) => messages[Number(itemIdentifier)])
    this.aws.messaging.queue.push(...failed.filter(message => message !== undefined))
    return { batchItemFailures }
  }

  /** Hands the queue over until it is empty; one that never is fails the test. */
  async drainAll(): Promise<void> {
    for (let turn = 0; turn < 200 && this.aws.messaging.queue.length > 0; turn += 1) await this.drain()
    if (this.aws.messaging.queue.length > 0) throw new Error('the queue is never empty')
  }

  /** Create, commit and SUCCEEDED, each handled once. */
  async rotate(): Promise<void> {
    await this.create(this.createEvent())
    await this.commit(this.commitEvent(this.new))
    await this.end('succeeded', { statusDetails: { CertificateRotator: 'true', certificateId: this.new } })
  }

  #rule(request: 'create' | 'commit', principal: string) {
    return {
      thingName: thing,
      topic: `awslabs/things/${thing}/certificate/${request}`,
      clientId: thing,
      principal,
    }
  }
}
