import { defaultAccount } from '@rotator/local-cloud/account'
import {
  createEventConfigurations,
  type EventConfigurations,
} from '@rotator/local-cloud/event-configurations/event-configurations'
import { type JobsService, jobsService } from '@rotator/local-cloud/jobs/jobs-service'
import type { EventInvokeConfiguration } from '@rotator/local-cloud/lambda/function-configuration'
import { type RegistryService, registryService } from '@rotator/local-cloud/registry/registry-service'
import { Rules } from '@rotator/local-cloud/rules/rules'
import { type ShadowsService, shadowsService } from '@rotator/local-cloud/shadows/shadows-service'
import { recordShadowName } from '@rotator/protocol/names'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { readRecord } from '@rotator/rotation/record/shadow'
import type { Fates } from '../faults/fault.ts'
import type { Network } from '../faults/network.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import {
  type BackendParts,
  backendFunctions,
  type FunctionCall,
  type FunctionWord,
  type Notification,
  type Weather,
} from './backend-functions.ts'
import type { Blueprint } from './blueprint.ts'
import { certificateFor, simulatedIssuer } from './certificate-cache.ts'
import type { CloudSettings } from './cloud-settings.ts'
import { FunctionHost, type FunctionLife, type Handler } from './function-host.ts'
import { RestServices } from './rest-services.ts'
import { RetireQueue } from './retire-queue.ts'
import { SimulatedBroker } from './simulated-broker.ts'

export interface SimulatedCloudParts {
  clock: VirtualClock
  random?: () => number
  fates: Fates
  story: Story
  network: Network
  blueprint: Blueprint
  settings: CloudSettings
  onCall: (call: FunctionCall) => void
  onReport?: BackendParts['onReport']
  /** The product's, unless said otherwise. */
  functions?: (parts: BackendParts) => (life: FunctionLife) => Handler
  /** Told of what no function throws on purpose. */
  onDefect?: (error: unknown) => void
  /** What becomes of failed invocations, where it is not AWS's default. */
  invocations?: Partial<EventInvokeConfiguration>
}

export interface Pending {
  inProgressJobs: { jobId: string }[]
  queuedJobs: { jobId: string }[]
}

/** AWS in one process under simulated time: the services are the local cloud's, the functions the product's own. */
export class SimulatedCloud {
  readonly registry: RegistryService
  readonly broker: SimulatedBroker
  readonly jobs: JobsService
  readonly host: FunctionHost
  readonly queue: RetireQueue
  /** What operators were told, oldest first. */
  readonly notifications: Notification[] = []
  /** Certificates in the order in which they were first attached, with their thing. */
  readonly attached: { thing: string; certificateId: string }[] = []
  /** The things whose requests certificates were issued for. */
  readonly issuedFor = new Map<string, string>()
  /** Things by what a function last had signed. */
  readonly #askers = new Map<string, string>()
  readonly #shadows: ShadowsService
  readonly #services: RestServices
  readonly #records = new WeakMap<object, RotationRecord>()
  readonly #requests = new Map<string, number>()
  /** What becomes of the functions' calls now; of several that a call fails by, the first. */
  readonly weathers = new Set<Weather>()
  onNotification: (notification: Notification) => void = () => {}
  /** Called as a certificate is attached to a thing for the first time. */
  onAttached: (thing: string, certificateId: string) => void = () => {}
  /** Calls so far: where it is the same, nothing of AWS has changed but by time. */
  changes = 0
  readonly #changesOf = new Map<string, number>()
  readonly #deleted = new Map<string, { record: RotationRecord; atMs: number }>()
  readonly #clock: VirtualClock
  #ids = 0

  constructor(parts: SimulatedCloudParts) {
    const { clock, functions = backendFunctions } = parts
    this.#clock = clock
    const account = defaultAccount
    const newId = () => this.#newId()
    this.registry = registryService({
      account,
      clock,
      newId,
      issuer: simulatedIssuer,
      endpoints: () => ({ data: 'data', jobs: 'jobs', credentialProvider: 'credentials' }),
    })
    this.broker = new SimulatedBroker({ account, ...this.registry, now: () => clock.now() })
    const eventConfigurations: EventConfigurations = createEventConfigurations({ clock })
    const bus = this.broker
    this.jobs = jobsService({ account, clock, bus, registry: this.registry, eventConfigurations, newId })
    this.#shadows = shadowsService({ clock, bus })
    this.#services = new RestServices([
      ...this.registry.operations,
      ...eventConfigurations.operations,
      ...this.jobs.operations,
      ...this.#shadows.operations,
    ])
    this.host = new FunctionHost(
      clock,
      functions({ ...parts, cloud: this, onCall: call => this.#onCall(call, parts.onCall) }),
      parts.invocations,
      parts.onDefect,
    )
    this.queue = new RetireQueue(clock, this.host, 'retire' satisfies FunctionWord)
    this.#installRules(parts, newId)
    this.#sweepEvery(clock, parts.settings.sweepEverySeconds * 1000)
  }

  /** A call to AWS, carried out at once and without a fault. @throws AwsError */
  call(service: string, operation: string, input: Readonly<Record<string, unknown>>): unknown {
    if (!unchanging.test(operation)) this.#noteChange(input)
    if (operation === 'CreateCertificateFromCsr') return this.#issue(input)
    if (service === 'sns') return this.#notify(input as unknown as Notification)
    if (service === 'sqs') return this.#enqueue(input)
    if (service === 'lambda') return this.host.accept('sweep', Buffer.from(input['Payload'] as Uint8Array))
    if (operation === 'Publish') return this.#publish(input)
    if (operation === 'AttachThingPrincipal') this.#noteAttached(input)
    if (operation === 'DeleteThingShadow') this.#noteDeleted(String(input['thingName']))
    return this.#services.call(service, operation, input)
  }

  /** Calls so far that may have changed what AWS knows of a thing. */
  changesOf(thing: string): number {
    return this.#changesOf.get(thing) ?? 0
  }

  /** Of a thing, oldest first. */
  pendingExecutions(thingName: string): Pending {
    return this.call('iot-jobs-data', 'GetPendingJobExecutions', { thingName }) as Pending
  }

  get hasDeadLetters(): boolean {
    return this.host.deadLetters.length + this.queue.deadLetters.length > 0
  }

  /** As an operator does who has read why. */
  redrive(): void {
    this.host.redrive()
    this.queue.redrive()
  }

  recordOf(thing: string): RotationRecord {
    const reported = this.storedRecord(thing)
    if (typeof reported !== 'object' || reported === null) return readRecord(reported)
    // The shadow service makes a new state for every change.
    const record = this.#records.get(reported) ?? readRecord(reported)
    this.#records.set(reported, record)
    return record
  }

  /** What a function that is at work now may have read before somebody deleted it. */
  recordJustDeleted(thing: string): RotationRecord | undefined {
    const deleted = this.#deleted.get(thing)
    return deleted !== undefined && this.#clock.now() - deleted.atMs <= longestWorkMs
      ? deleted.record
      : undefined
  }

  /** What the record's shadow reports, unread. */
  storedRecord(thing: string): unknown {
    try {
      const shadow = this.#shadows.shadows.get({ thingName: thing, shadowName: recordShadowName })
      return shadow.reported.state
    } catch {
      return undefined
    }
  }

  /** What names a certificate changes the things that it was ever attached to. */
  #noteChange({ thingName, certificateId, principal, target }: Readonly<Record<string, unknown>>): void {
    this.changes += 1
    const certificate = String(certificateId ?? principal ?? target).replace(/^.*:cert\//u, '')
    const things = this.attached.filter(one => one.certificateId === certificate).map(({ thing }) => thing)
    for (const thing of new Set([...things, String(thingName)])) {
      this.#changesOf.set(thing, this.changesOf(thing) + 1)
    }
  }

  #onCall(call: FunctionCall, onCall: SimulatedCloudParts['onCall']): void {
    const { life, operation, input } = call
    if (operation === 'CreateCertificateFromCsr') {
      // From the topic that the device published to.
      const { thingName } = life.event as { thingName: string }
      this.#askers.set(String(input['certificateSigningRequest']), thingName)
    }
    onCall(call)
  }

  #issue({ certificateSigningRequest: csr, setAsActive }: Readonly<Record<string, unknown>>): unknown {
    const request = String(csr)
    const nth = this.#requests.get(request) ?? 0
    this.#requests.set(request, nth + 1)
    const { certificates } = this.registry
    const { certificateId, certificatePem } = certificates.register(
      certificateFor(request, nth),
      'DEFAULT',
      setAsActive === true ? 'ACTIVE' : 'INACTIVE',
      0,
    )
    const asker = this.#askers.get(request)
    if (asker !== undefined) this.issuedFor.set(certificateId, asker)
    return { certificateId, certificatePem, certificateArn: certificates.arnOf(certificateId) }
  }

  #notify(notification: Notification): void {
    this.notifications.push(notification)
    this.onNotification(notification)
  }

  #noteDeleted(thing: string): void {
    this.#deleted.set(thing, { record: this.recordOf(thing), atMs: this.#clock.now() })
  }

  #noteAttached({ thingName, principal }: Readonly<Record<string, unknown>>): void {
    const certificateId = String(principal).replace(/^.*:cert\//u, '')
    if (this.attached.some(one => one.certificateId === certificateId)) return
    this.attached.push({ thing: String(thingName), certificateId })
    this.onAttached(String(thingName), certificateId)
  }

  #enqueue({ Entries }: Readonly<Record<string, unknown>>): unknown {
    for (const { MessageBody, DelaySeconds } of Entries as { MessageBody: string; DelaySeconds?: number }[]) {
      this.queue.send(MessageBody, DelaySeconds ?? 0)
    }
    return {}
  }

  #publish({ topic, payload, qos }: Readonly<Record<string, unknown>>): void {
    this.broker.publish({
      topic: String(topic),
      payload: Buffer.from(payload as Uint8Array),
      qos: qos === 1 ? 1 : 0,
      source: { kind: 'http', principal: 'function' },
    })
  }

  #installRules({ clock, network, blueprint }: SimulatedCloudParts, newId: () => string): void {
    const rules = new Rules({
      account: defaultAccount,
      clock,
      bus: this.broker,
      newId,
      targets: {
        invokeFunction: ({ functionArn, event }) => {
          network.carry('inside the cloud', thingOf(event), `event of ${functionArn}`, () => {
            this.host.accept(functionArn, event)
          })
        },
        publishToTopic: () => {},
        sendToQueue: () => {},
        checkRepublish: () => {},
      },
      failed: (_, reason) => {
        throw new Error(reason)
      },
    })
    for (const [name, sql] of Object.entries(blueprint.statements)) {
      const actions = [{ lambda: { functionArn: name } }]
      rules.put(name, { sql, awsIotSqlVersion: '2016-03-23', actions })
    }
  }

  #sweepEvery(clock: VirtualClock, everyMs: number): void {
    clock.after(everyMs, () => {
      this.host.accept('sweep' satisfies FunctionWord, Buffer.from('{}'))
      this.#sweepEvery(clock, everyMs)
    })
  }

  #newId(): string {
    this.#ids += 1
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`
  }
}

/** Between a function's look at a record and its last call because of it. */
const longestWorkMs = 1_000

/** Calls that leave registry and records as they are. */
const unchanging = /^(?:Get|List|Describe|Publish|SendMessage|Invoke)/u

/** Of a rule's event: device requests name the thing, events of Jobs its ARN. */
function thingOf(event: Buffer): string {
  const { thingName, thingArn } = JSON.parse(event.toString()) as { thingName?: string; thingArn?: string }
  return thingName ?? thingArn?.replace(/^.*:thing\//u, '') ?? ''
}
