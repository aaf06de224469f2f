import { expect } from 'vitest'
import { createRotationJob } from '../operator/jobs.ts'
import { type BareDevice, type BareIdentity, makeKey } from './bare-device.ts'
import type { Answer } from './device-client.ts'
import { recordOf, until } from './rotation.ts'
import type { World } from './world.ts'

/** One execution that a bare device works on. */
export interface BareExecution {
  jobId: string
  executionNumber: number
}

/** The job arrives, and the device says so. */
export async function begin(world: World, device: BareDevice): Promise<BareExecution> {
  const jobId = await createRotationJob(world.clients.iot, device.arn)
  await device.report(jobId, 'IN_PROGRESS', { phase: 'ask' })
  return { jobId, executionNumber: 1 }
}

/** Asks for a certificate for a new key; the answer must be one. */
export async function create(device: BareDevice, execution: BareExecution): Promise<BareIdentity> {
  const { csr, privateKeyPem } = await makeKey()
  const { accepted, reply } = await device.ask('create', { ...execution, csr })
  if (!accepted) throw new Error(`The create of ${device.thingName} was refused: ${JSON.stringify(reply)}`)
  return {
    certificateId: String(reply['certificateId']),
    certificatePem: String(reply['certificatePem']),
    privateKeyPem,
  }
}

/** Says over the identity in use that it is the one in use. */
export async function commit(device: BareDevice, execution: BareExecution, turn = 0): Promise<Answer> {
  const { certificateId } = device.identity
  return device.ask('commit', { ...execution, certificateId, turn })
}

export async function succeed(device: BareDevice, { jobId }: BareExecution): Promise<void> {
  await device.report(jobId, 'SUCCEEDED', { phase: 'finish', certificateId: device.identity.certificateId })
}

export async function fail(device: BareDevice, { jobId }: BareExecution): Promise<void> {
  await device.report(jobId, 'FAILED', {
    phase: 'fail',
    failureCode: 'NEW_IDENTITY_REFUSED',
    DeviceFailureReason: 'a test says so',
  })
}

/** The rest of the way, from the new certificate to SUCCEEDED. */
export async function goOverTo(
  device: BareDevice,
  execution: BareExecution,
  made: BareIdentity,
): Promise<void> {
  await device.use(made)
  expect(await commit(device, execution)).toMatchObject({ accepted: true })
  await succeed(device, execution)
}

/** The whole way, from the job to SUCCEEDED. */
export async function rotateBare(world: World, device: BareDevice): Promise<BareExecution> {
  const execution = await begin(world, device)
  await goOverTo(device, execution, await create(device, execution))
  return execution
}

/** A rotation that ends by FAILED, with a certificate made for nothing. */
export async function rotateInVain(
  world: World,
  device: BareDevice,
): Promise<BareExecution & { dropped: BareIdentity }> {
  const execution = await begin(world, device)
  const dropped = await create(device, execution)
  await fail(device, execution)
  return { ...execution, dropped }
}

/** The ids that the registry has for a thing, without a call that a fault could meet. */
export function certificatesOf(world: World, thingName: string): { attached: string[]; active: string[] } {
  const { principals } = world.cloud.services.registry
  const attached = principals.principalsOf(thingName).map(arn => arn.slice(arn.indexOf('cert/') + 5))
  return { attached, active: attached.filter(id => statusOf(world, id) === 'ACTIVE') }
}

/** `gone` for what the registry does not know. */
export const statusOf = (world: World, certificateId: string): string =>
  world.cloud.services.registry.certificates.find(certificateId)?.status ?? 'gone'

/** Nothing is handled any more, and these certificates of the thing are active and no other one. */
export async function expectActive(
  world: World,
  { thingName }: BareDevice,
  identities: readonly { certificateId: string }[],
): Promise<void> {
  await world.cloud.services.functions.settled()
  expect(certificatesOf(world, thingName).active.toSorted()).toEqual(
    identities.map(({ certificateId }) => certificateId).toSorted(),
  )
}

/** At rest: the device's certificate is the thing's only one, it is active, and nothing is left to retire. */
export async function expectAtRest(world: World, device: BareDevice, withinMs?: number): Promise<void> {
  await until(
    `${device.thingName} at rest on ${device.identity.certificateId}`,
    async () => ({ ...certificatesOf(world, device.thingName), record: await recordOf(world, device) }),
    ({ attached, active, record }) =>
      [attached, active].every(ids => ids.join() === device.identity.certificateId) &&
      record?.['progress'] === 'settled' &&
      record['keep'] === device.identity.certificateId &&
      isEmpty(record['retiring']),
    withinMs,
  )
}

/** The whole way, until nothing is left to do of it. */
export async function rotateToRest(world: World, device: BareDevice): Promise<BareExecution> {
  const execution = await rotateBare(world, device)
  await expectAtRest(world, device)
  return execution
}

const isEmpty = (list: unknown): boolean => !Array.isArray(list) || list.length === 0
