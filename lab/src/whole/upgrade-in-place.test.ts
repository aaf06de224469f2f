import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeJobTemplateCommand, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { synth } from '@rotator/infra/synth'
import { jobTemplateId, stackName } from '@rotator/protocol/names'
import { writeVersionOneStack } from '@rotator/simulation/version-one/backend/write-stack'
import { createRotationJob } from '../operator/jobs.ts'
import { backendContext } from '../world/artifacts.ts'
import { type BareDevice, type BareIdentity, makeKey } from './bare-device.ts'
import {
  type BareExecution,
  begin,
  create,
  expectAtRest,
  fail,
  goOverTo,
  rotateBare,
  statusOf,
  succeed,
} from './bare-rotation.ts'
import { type CloudTrials, cloudTest } from './cloud-test.ts'
import { deadLetters, failAlways } from './failing-function.ts'
import { functionNames } from './function-calls.ts'
import { recordOf, until } from './rotation.ts'
import type { World } from './world.ts'

async function versionOne(folder: string): Promise<string> {
  const assembly = join(folder, 'version-one')
  mkdirSync(assembly, { recursive: true })
  return writeVersionOneStack(assembly)
}

const test = cloudTest({ template: versionOne })

/** Asks a version 1 backend, which answers with the certificate alone: its id stands in the record. */
async function createAtVersionOne(
  world: World,
  device: BareDevice,
  { jobId }: BareExecution,
): Promise<BareIdentity> {
  const { csr, privateKeyPem } = await makeKey()
  const { accepted, reply } = await device.ask('create', { jobId, csr })
  if (!accepted) throw new Error(`The create was refused: ${JSON.stringify(reply)}`)
  const record = await recordOf(world, device)
  return {
    certificateId: String(record?.['newCertificateId']),
    certificatePem: String(reply['certificatePem']),
    privateKeyPem,
  }
}

/** A rotation as version 1 goes through it, to its end. */
async function rotateAtVersionOne(world: World, device: BareDevice): Promise<void> {
  const execution = await begin(world, device)
  await device.use(await createAtVersionOne(world, device, execution))
  const { accepted, reply } = await device.ask('commit', { jobId: execution.jobId })
  if (!accepted) throw new Error(`The commit was refused: ${JSON.stringify(reply)}`)
  await succeed(device, execution)
  await until(
    'the end of the record',
    async () => recordOf(world, device),
    record => record === undefined,
  )
}

async function upgrade(world: World): Promise<void> {
  const outDir = join(world.folder, 'upgrade')
  const { templatePath } = await synth({ outDir, context: { ...backendContext, UpgradeFromV1: 'true' } })
  await world.cloud.deploy(templatePath)
}

/** What becomes of events that version 1's functions had, too. */
const eventSettings = ({ cloud }: World) =>
  [functionNames.create, functionNames.commit, functionNames.finish].map(name =>
    cloud.services.functions.eventInvokeOf(name),
  )

/** A request whose every try fails, and which the device makes again. */
async function rotatePastDeadLetter(cloud: CloudTrials, device: BareDevice): Promise<number> {
  const stop = failAlways(cloud, 'create')
  const rotation = rotateBare(cloud.world, device)
  const letters = await deadLetters(cloud, `${stackName}FailedEvents`)
  stop()
  await rotation
  return letters.length
}

test('C18: a version 1 stack is upgraded in place, what it had begun comes to its end, and the way back is open', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const { iot } = world.clients
  const eventConfigurations = { JOB_EXECUTION: { Enabled: true } }
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }))
  const [created, committed, failing, later] = [
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
  ]
  const template = async (id: string) => iot.send(new DescribeJobTemplateCommand({ jobTemplateId: id }))
  const before = await template(jobTemplateId)
  const [first, second, third] = [
    await begin(world, created),
    await begin(world, committed),
    await begin(world, failing),
  ]
  const pending = await createAtVersionOne(world, created, first)
  await committed.use(await createAtVersionOne(world, committed, second))
  await committed.ask('commit', { jobId: second.jobId })
  const dropped = await createAtVersionOne(world, failing, third)
  for (const device of [created, committed, failing]) {
    expect(await recordOf(world, device)).not.toHaveProperty('schema')
    cloud.fired()
  }

  await upgrade(world)

  expect(await template(jobTemplateId)).toMatchObject({
    createdAt: before.createdAt,
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
  })
  expect(await template(`${jobTemplateId}V2`)).toMatchObject({
    timeoutConfig: { inProgressTimeoutInMinutes: 60 },
  })
  await goOverTo(created, first, pending)
  await succeed(committed, second)
  await fail(failing, third)
  for (const device of [created, committed, failing]) await expectAtRest(world, device)
  expect(statusOf(world, dropped.certificateId)).toBe('gone')
  expect(eventSettings(world)).toEqual(
    Array.from({ length: 3 }, () => ({
      maximumRetryAttempts: 2,
      maximumEventAgeSeconds: 21_600,
      onFailureArn: expect.stringMatching(/:AWSLabsCertificateRotatorFailedEvents$/),
    })),
  )
  expect(await rotatePastDeadLetter(cloud, later)).toBeGreaterThan(0)
  await expectAtRest(world, later)
  const execution = {
    jobId: await createRotationJob(iot, later.arn, `${jobTemplateId}V2`),
    executionNumber: 1,
  }
  await later.report(execution.jobId, 'IN_PROGRESS', { phase: 'ask' })
  await goOverTo(later, execution, await create(later, execution))
  await expectAtRest(world, later)

  await world.cloud.deploy(await versionOne(join(world.folder, 'back')))

  await expect(template(`${jobTemplateId}V2`)).rejects.toThrow(/NotFound|not exist|not found/iu)
  expect(eventSettings(world)).toEqual(
    Array.from({ length: 3 }, () => ({ maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 })),
  )
  await rotateAtVersionOne(world, created)
  await rotateAtVersionOne(world, later)
})
