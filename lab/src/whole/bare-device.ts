import { generateKeyPair } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane'
import type { MqttClient } from 'mqtt'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { requestFor } from '../fleet/identity.ts'
import { connectOnce } from '../operator/presence.ts'
import {
  attachExclusively,
  attachPolicy,
  createThing,
  type IssuedCertificate,
  issueCertificate,
} from '../operator/registry.ts'
import type { Answer, Identity } from './device-client.ts'
import type { World } from './world.ts'

/** A certificate with its key, or a key that waits for its certificate. */
export interface BareIdentity extends Identity {
  certificateId: string
}

export interface PendingKey {
  csr: string
  privateKeyPem: string
}

/**
 * A device that is a script in the test: it says what a component says, without a component, so that faults of the
 * cloud alone can be gone through by the dozen. It repeats a request until it is answered, as a component does.
 */
export interface BareDevice {
  readonly thingName: string
  readonly arn: string
  /** What it is connected with. */
  readonly identity: BareIdentity
  /** Every answer that arrived, in this order; also to requests that were answered before. */
  readonly answers: readonly (Answer & { kind: string })[]
  /** Connects anew. */
  use(identity: BareIdentity): Promise<void>
  /** Publishes a request once. */
  publish(kind: 'create' | 'commit', request: object): Promise<void>
  /** Asks until the answer is none that may be another one later. */
  ask(kind: 'create' | 'commit', request: object): Promise<Answer>
  report(
    jobId: string,
    status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED',
    details?: Record<string, string>,
  ): Promise<void>
  end(): Promise<void>
}

const generate = promisify(generateKeyPair)
const askAgainMs = 800
const giveUpAfterMs = 60_000
const commonName = 'AWS IoT Certificate'

export async function makeKey(): Promise<PendingKey> {
  const pair = await generate('ec', { namedCurve: 'P-256' })
  const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { csr: await requestFor(commonName, pair), privateKeyPem }
}

/** An identity that an operator has issued; it may do what every device may, once it belongs to a thing. */
export async function issueByHand({ clients: { iot } }: World): Promise<BareIdentity & IssuedCertificate> {
  const { csr, privateKeyPem } = await makeKey()
  const certificate = await issueCertificate(iot, csr)
  await attachPolicy(iot, devicePolicyName, certificate.certificateArn)
  return { ...certificate, privateKeyPem }
}

/** An operator attaches a further identity to a thing, which no rotation made. */
export async function attachByHand(
  world: World,
  thingName: string,
): Promise<BareIdentity & IssuedCertificate> {
  const identity = await issueByHand(world)
  await attachExclusively(world.clients.iot, thingName, identity.certificateArn)
  return identity
}

let made = 0

/** Registers a new thing, and connects its device. */
export async function bareDevice(world: World): Promise<BareDevice> {
  made += 1
  const thingName = `bare-${made}`
  const factory = await issueByHand(world)
  await createThing(world.clients.iot, {
    thingName,
    thingGroupName: 'core-devices',
    policyName: devicePolicyName,
    certificateArn: factory.certificateArn,
  })
  return connectBare(world, thingName, factory)
}

async function connectBare(world: World, thingName: string, factory: BareIdentity): Promise<BareDevice> {
  const answers: (Answer & { kind: string })[] = []
  let identity = factory
  let client: MqttClient | undefined
  const topicOf = (kind: string) => `awslabs/things/${thingName}/certificate/${kind}`
  const device: BareDevice = {
    thingName,
    arn: world.cloud.services.registry.thingArn(thingName),
    answers,
    get identity() {
      return identity
    },
    use: async next => {
      await client?.endAsync(true)
      identity = next
      client = await connectOnce({ ...world.mqtt, rootCa: world.rootCa, ...next }, thingName)
      client.on('error', () => undefined)
      client.on('message', (topic, bytes) => {
        const [, , , , kind = '', verdict] = topic.split('/')
        const reply = JSON.parse(bytes.toString()) as Record<string, unknown>
        answers.push({ kind, accepted: verdict === 'accepted', reply })
      })
      await client.subscribeAsync(
        ['create', 'commit'].flatMap(kind => [`${topicOf(kind)}/accepted`, `${topicOf(kind)}/rejected`]),
        { qos: 1 },
      )
    },
    publish: async (kind, request) => {
      await client?.publishAsync(topicOf(kind), JSON.stringify(request), { qos: 1 })
    },
    ask: async (kind, request) => askAnew(device, kind, request),
    report: async (jobId, status, details = {}) => {
      const statusDetails = { CertificateRotator: 'true', ...details }
      await world.clients.jobs.send(
        new UpdateJobExecutionCommand({ jobId, thingName, status, statusDetails }),
      )
    },
    end: async () => client?.endAsync(true),
  }
  await device.use(factory)
  return device
}

async function askAnew(device: BareDevice, kind: 'create' | 'commit', request: object): Promise<Answer> {
  const giveUpAtMs = performance.now() + giveUpAfterMs
  for (;;) {
    const first = device.answers.length
    await device.publish(kind, request)
    const answer = await nextAnswer(device, first, kind, request)
    if (answer?.accepted === true || answer?.reply['retryable'] === false) return answer
    if (performance.now() > giveUpAtMs)
      throw new Error(`No answer to ${kind} of ${device.thingName}; last: ${JSON.stringify(answer)}`)
    if (answer !== undefined) await sleep(askAgainMs / 2)
  }
}

/** An answer that came by since `first`, and names what the request names. */
async function nextAnswer(
  device: BareDevice,
  first: number,
  kind: string,
  request: object,
): Promise<Answer | undefined> {
  const named = Object.entries(request).filter(([field]) => field !== 'csr' && field !== 'confirmed')
  const isMine = (answer: Answer & { kind: string }) =>
    answer.kind === kind && named.every(([field, value]) => (answer.reply[field] ?? value) === value)
  for (let waited = 0; waited < askAgainMs; waited += 10) {
    const mine = device.answers.slice(first).find(isMine)
    if (mine !== undefined) return mine
    await sleep(10)
  }
  return undefined
}
