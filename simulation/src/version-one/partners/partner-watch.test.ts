import { recordShadowName } from '@rotator/protocol/names'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { writeRecord } from '@rotator/rotation/record/shadow'
import { fresh, x } from '@rotator/rotation/testing/record-ids'
import { openRecord, settledRecord } from '@rotator/rotation/testing/records'
import { beforeAll, expect, test } from 'vitest'
import type { FunctionCall } from '../../cloud/backend-functions.ts'
import { fillPool } from '../../device/key-pool.ts'
import { goodLuck } from '../../faults/fault.ts'
import type { Version } from './partner-core.ts'
import { PartnerWorld } from './partner-world.ts'
import { versionOneBlueprint } from './version-one-functions.ts'

beforeAll(async () => {
  await fillPool(8)
}, 60_000)

const open = async (device: Version, backend: Version): Promise<PartnerWorld> => {
  const world = await PartnerWorld.open({ device, backend, blueprint: versionOneBlueprint }, goodLuck)
  await world.runFor(1)
  return world
}

/** A step of a retirement that takes away what the device was made with. */
const takesOldAway = ({ oldCertificateId: certificateId }: PartnerWorld): FunctionCall => {
  const life = { functionName: 'retire', event: {} } as FunctionCall['life']
  return { life, operation: 'DeleteCertificate', input: { certificateId } }
}

const deactivateOld = async (world: PartnerWorld): Promise<void> => {
  const { oldCertificateId: certificateId } = world
  world.cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'INACTIVE' })
  await world.runFor(1)
}

test('our component is asked for an identity that the cloud accepts, version 1 is not', async () => {
  const [ours, other] = [await open('ours', 'v1'), await open('v1', 'v1')]
  expect([...ours.watch.found]).toEqual([])
  await deactivateOld(ours)
  await deactivateOld(other)
  expect([...ours.watch.found.keys()]).toEqual([
    'rule 1: the device holds no identity that the cloud accepts',
  ])
  expect([...other.watch.found]).toEqual([])
  expect(other.watch.looks).toEqual({ device: 0, backend: 0 })
})

test('our backend is asked whether it may retire, version 1 is not', async () => {
  const [ours, other] = [await open('v1', 'ours'), await open('v1', 'v1')]
  ours.watch.atCall(takesOldAway(ours))
  other.watch.atCall(takesOldAway(other))
  expect([...ours.watch.found.keys()]).toEqual([expect.stringMatching(/^rule 5: /u)])
  expect([...other.watch.found]).toEqual([])
})

test('our backend is asked for what it records: a success that nobody committed, a word taken back', async () => {
  const world = await open('v1', 'ours')
  const write = async (record: RotationRecord): Promise<void> => {
    const reported = writeRecord(record, new Date(0).toISOString())
    const payload = Buffer.from(JSON.stringify({ state: { reported } }))
    const input = { thingName: 'dev1', shadowName: recordShadowName, payload }
    const event = { principal: fresh, jobId: x.jobId }
    const life = { functionName: 'commit', event } as unknown as FunctionCall['life']
    world.watch.atCall({ life, operation: 'UpdateThingShadow', input })
    world.cloud.call('iotdata', 'UpdateThingShadow', input)
    await world.runFor(1)
  }
  await write(openRecord('created'))
  world.watch.atEnd({ thing: 'dev1', ...x, status: 'SUCCEEDED', isWithdrawn: false })
  expect([...world.watch.found]).toEqual([['rule 4: SUCCEEDED was reported on a record that is created', 1]])
  await write(openRecord('committed'))
  await write(settledRecord('old'))
  expect([...world.watch.found.keys()].slice(1)).toEqual([
    'rule 2: settled without the word of the device or an end',
  ])
})
