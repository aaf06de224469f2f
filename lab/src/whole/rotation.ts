import { randomUUID, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CancelJobCommand, CreateJobCommand } from '@aws-sdk/client-iot'
import { GetThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane'
import { recordShadowName } from '@rotator/protocol/names'
import { expect } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { powerOn, type RunningDevice } from '../fleet/running-device.ts'
import { createRotationJob, describeExecution, type ExecutionReport } from '../operator/jobs.ts'
import { fingerprint, prove } from '../operator/proof.ts'
import { attachedCertificates } from '../operator/registry.ts'
import { presentInToken } from '../operator/token-proof.ts'
import type { World } from './world.ts'

/** A device that runs in the world, and the phases that it has gone through. */
export interface Trialled extends RunningDevice {
  phases: string[]
}

export function run(device: Device): Trialled {
  const phases: string[] = []
  return { ...powerOn(device, phase => phases.push(phase)), phases }
}

const thingArn = (world: World, device: Pick<Device, 'thingName'>) =>
  world.cloud.services.registry.thingArn(device.thingName)

export const startJob = (world: World, device: Device): Promise<string> =>
  createRotationJob(world.clients.iot, thingArn(world, device))

/** A job with a document of the test's own. */
export async function otherJob(
  world: World,
  device: Pick<Device, 'thingName'>,
  document: object,
): Promise<string> {
  const jobId = `job-${randomUUID()}`
  const target = { jobId, targets: [thingArn(world, device)], document: JSON.stringify(document) }
  await world.clients.iot.send(new CreateJobCommand(target))
  return jobId
}

/** Another program that works on the device's jobs, by AWS IoT Jobs' own API. */
export async function updateAsOtherProgram(
  world: World,
  device: Device,
  jobId: string,
  status: 'IN_PROGRESS' | 'SUCCEEDED',
): Promise<void> {
  const { thingName } = device
  await world.clients.jobs.send(new UpdateJobExecutionCommand({ jobId, thingName, status }))
}

export async function cancel(world: World, jobId: string): Promise<void> {
  await world.clients.iot.send(new CancelJobCommand({ jobId, force: true }))
}

export const attachedNow = (world: World, device: Device): Promise<string[]> =>
  attachedCertificates(world.clients.iot, device.thingName)

/** The record of the thing's rotation, as it stands in its shadow; undefined where there is none. */
export async function recordOf(
  world: World,
  device: Pick<Device, 'thingName'>,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await world.clients.data.send(
      new GetThingShadowCommand({ thingName: device.thingName, shadowName: recordShadowName }),
    )
    const shadow = JSON.parse(Buffer.from(payload ?? []).toString()) as {
      state?: { reported?: Record<string, unknown> }
    }
    return shadow.state?.reported
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** Certificates in the registry for the key that the device uses now. */
export function certificatesOfPresentKey(world: World, device: Device): string[] {
  const present = new X509Certificate(readFileSync(device.certificateFile))
  const sameKey = world.cloud.services.registry.certificates
    .all()
    .filter(({ certificatePem }) => new X509Certificate(certificatePem).publicKey.equals(present.publicKey))
  return sameKey.map(({ certificateId }) => certificateId)
}

/** The device as it is now, for a further rotation: what it is configured with becomes OLD. */
export function asOfNow<T extends Device>(device: T): T {
  const { certificateFile, privateKeyFile, token } = device
  const { certificatePem, privateKeyPem } =
    token === undefined
      ? {
          certificatePem: readFileSync(certificateFile, 'utf8'),
          privateKeyPem: readFileSync(privateKeyFile, 'utf8'),
        }
      : { ...presentInToken(token), privateKeyPem: '' }
  const certificateId = fingerprint(certificatePem)
  return { ...device, old: { ...device.old, certificateId, certificatePem, privateKeyPem } }
}

/** Waits until a condition holds. The error tells what was waited for, and what there was instead. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${withinMs} ms: ${JSON.stringify(value)}`)
    await sleep(50)
  }
}

const isOver = ({ status }: ExecutionReport): boolean => !['none', 'QUEUED', 'IN_PROGRESS'].includes(status)

export const execution = (world: World, device: Device, jobId: string): Promise<ExecutionReport> =>
  describeExecution(world.clients.iot, jobId, device.thingName)

export const ended = (world: World, device: Device, jobId: string): Promise<ExecutionReport> =>
  until(`the end of ${jobId}`, () => execution(world, device, jobId), isOver)

/** The whole promise: SUCCEEDED, NEW in use and alone attached, OLD refused and gone. */
export async function expectRotated(world: World, device: Device, jobId: string): Promise<void> {
  expect(await ended(world, device, jobId)).toMatchObject({ status: 'SUCCEEDED' })
  const proof = await until(
    'a proven rotation',
    () => prove(world, device),
    ({ problems }) => problems.length === 0,
  )
  expect(proof.problems).toEqual([])
}
