import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DetachThingPrincipalCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { noteAttached } from '../chaos/once-attached.ts'
import { type RuledDevice, watchRules } from '../chaos/rules.ts'
import type { BareDevice } from './bare-device.ts'
import { begin, commit, create, expectAtRest, succeed } from './bare-rotation.ts'
import { type CloudTrials, test } from './cloud-test.ts'
import { until } from './rotation.ts'

/** Puts on a disk what a device is configured with, as it is now. */
function onDisk({ world }: CloudTrials, { thingName, identity }: BareDevice): RuledDevice {
  const folder = join(world.folder, thingName)
  mkdirSync(folder, { recursive: true })
  const certificateFile = join(folder, 'certificate.pem')
  const privateKeyFile = join(folder, 'private-key.pem')
  writeFileSync(certificateFile, identity.certificatePem)
  writeFileSync(privateKeyFile, identity.privateKeyPem)
  return { thingName, certificateFile, privateKeyFile, isDeactivated: false }
}

function watched(cloud: CloudTrials, device: RuledDevice) {
  const violations: string[] = []
  const rules = watchRules(cloud.world, [device], text => violations.push(text))
  cloud.after(() => rules.stop())
  return { rules, violations }
}

test('chaos sees that the backend takes a certificate away from a device that still uses it', async ({
  cloud,
  expect,
}) => {
  const device = await cloud.newDevice()
  const { certificateId } = device.identity
  // It rotates, but never switches its files.
  const { rules, violations } = watched(cloud, onDisk(cloud, device))
  const execution = await begin(cloud.world, device)
  await device.use(await create(device, execution))
  expect(await commit(device, execution)).toMatchObject({ accepted: true })
  expect(violations).toEqual([])
  await succeed(device, execution)
  await expectAtRest(cloud.world, device)
  expect(violations[0]).toBe(
    `UpdateCertificate of ${certificateId}, which ${device.thingName} is configured with`,
  )
  expect(rules.retirements).toBe(3)
})

test('chaos sees that a device holds no certificate that works, and keeps quiet where it deactivated it itself', async ({
  cloud,
  expect,
}) => {
  const device = await cloud.newDevice()
  const ruled = onDisk(cloud, device)
  const { rules, violations } = watched(cloud, ruled)
  ruled.isDeactivated = true
  const { certificateId } = device.identity
  await cloud.world.clients.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
  const looks = rules.looks
  await until(
    'some looks',
    () => rules.looks,
    count => count > looks + 4,
  )
  expect(violations).toEqual([])
  ruled.isDeactivated = false
  await until(
    'the violation',
    () => violations,
    ({ length }) => length > 0,
  )
  expect(violations).toEqual([`${device.thingName} holds no certificate that is active and attached`])
})

test('chaos remembers what was attached, so that a certificate that was only taken off is seen', async ({
  cloud,
  expect,
}) => {
  const device = await cloud.newDevice()
  const onceAttached = noteAttached(cloud.world)
  cloud.after(() => onceAttached.stop())
  const { thingName, identity } = device
  const execution = await begin(cloud.world, device)
  const fresh = await create(device, execution)
  const principal = cloud.world.cloud.services.registry.certificates.arnOf(fresh.certificateId)
  await cloud.world.clients.iot.send(new DetachThingPrincipalCommand({ thingName, principal }))
  expect(onceAttached.of(thingName)).toEqual([identity.certificateId, fresh.certificateId])
  expect(onceAttached.of('another-thing')).toEqual([])
})
