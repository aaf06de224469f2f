import {
  chmodSync,
  chownSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import type { Device } from '../fleet/device.ts'
import { inUse } from '../operator/proof.ts'
import { detach } from '../operator/registry.ts'
import { anotherIdentity } from './another-identity.ts'
import type { Identity } from './device-client.ts'
import { asOfNow, attachedNow, ended, expectRotated, startJob, until } from './rotation.ts'
import { test } from './trial-test.ts'

/** As an operator does it: whatever stands at the configured paths goes, and plain files take its place. */
function putByHand(device: Device, { certificatePem, privateKeyPem }: Identity): void {
  rmSync(device.certificateFile)
  rmSync(device.privateKeyFile)
  writeFileSync(device.certificateFile, certificatePem, { mode: 0o644 })
  writeFileSync(device.privateKeyFile, privateKeyPem, { mode: 0o600 })
}

const isLink = (file: string): boolean => lstatSync(file).isSymbolicLink()

const ownershipOf = (file: string) => {
  const { mode, uid, gid } = statSync(file)
  return { mode: mode & 0o7777, uid, gid }
}

describe.concurrent('files that somebody changed by hand', () => {
  test('D11: an identity put in place between two rotations stays in use, and is the OLD of the next one', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await expectRotated(world, device, await startJob(world, device))
    const byHand = await anotherIdentity(world, device)
    await detach(world.clients.iot, device.thingName, inUse(device))
    putByHand(device, byHand)
    trials.fired()
    await coreControl(device).restart()
    expect(inUse(device)).toBe(byHand.certificateId)
    const after = asOfNow(device)
    await expectRotated(world, after, await startJob(world, device))
    expect([isLink(device.certificateFile), isLink(device.privateKeyFile)]).toEqual([true, true])
  })

  test('D11: an identity put in place in the middle of a rotation stays in use, and the reason is told', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start({
      cuts: [{ when: 'before', effect: 'publish-commit', signal: 'SIGSTOP' }],
    })
    const jobId = await startJob(world, device)
    await trials.cut(device)
    const byHand = await anotherIdentity(world, device)
    await device.cutPower(() => putByHand(device, byHand))
    trials.fired()
    expect(await ended(world, device, jobId)).toMatchObject({
      status: 'FAILED',
      statusDetails: { failureCode: 'ANOTHER_CSR_PENDING', DeviceFailureReason: expect.any(String) },
    })
    expect(inUse(device)).toBe(byHand.certificateId)
    expect(device.phases).not.toContain('rollback')
    expect(readFileSync(device.componentLog, 'utf8')).toContain('were replaced by hand; they are kept')
    await until(
      'the end of NEW',
      () => attachedNow(world, device),
      ids => ids.toSorted().join() === [byHand.certificateId, device.old.certificateId].toSorted().join(),
    )
    await detach(world.clients.iot, device.thingName, device.old.certificateId)
    await expectRotated(world, asOfNow(device), await startJob(world, device))
  })

  test('D11: links that were replaced by plain files become links again with the next rotation', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await expectRotated(world, device, await startJob(world, device))
    const between = asOfNow(device)
    putByHand(device, between.old)
    trials.fired()
    expect(isLink(device.certificateFile)).toBe(false)
    await expectRotated(world, between, await startJob(world, device))
    expect([isLink(device.certificateFile), isLink(device.privateKeyFile)]).toEqual([true, true])
  })

  test('D11: an old identity that is put back in the middle of a rotation stays in use, and the reason is told', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start({
      cuts: [{ when: 'before', effect: 'restart-service', signal: 'SIGSTOP' }],
    })
    const jobId = await startJob(world, device)
    await trials.cut(device)
    await device.cutPower(() => {
      const current = join(dirname(device.certificateFile), 'identities', 'current')
      symlinkSync('1', `${current}.by-hand`)
      renameSync(`${current}.by-hand`, current)
    })
    trials.fired()
    expect(await ended(world, device, jobId)).toMatchObject({
      status: 'FAILED',
      statusDetails: {
        failureCode: 'ROLLED_BACK',
        DeviceFailureReason: expect.stringContaining('it was put back by something else'),
      },
    })
    expect(inUse(device)).toBe(device.old.certificateId)
    await until(
      'OLD alone',
      () => attachedNow(world, device),
      ids => ids.join() === device.old.certificateId,
    )
    await expectRotated(world, device, await startJob(world, device))
  })

  test('D11: another mode and owner of the key are kept from then on', async ({ world, trials, expect }) => {
    const device = await trials.start()
    await expectRotated(world, device, await startJob(world, device))
    const between = asOfNow(device)
    const isRoot = process.getuid?.() === 0
    const given = {
      mode: 0o440,
      uid: isRoot ? 4_321 : statSync(device.root).uid,
      gid: statSync(device.root).gid,
    }
    chownSync(device.privateKeyFile, given.uid, given.gid)
    chmodSync(device.privateKeyFile, given.mode)
    trials.fired()
    await expectRotated(world, between, await startJob(world, device))
    expect(ownershipOf(device.privateKeyFile)).toEqual(given)
  })
})
