import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { algorithmPairs } from '@rotator/protocol/algorithms'
import type { Device } from '../fleet/device.ts'
import { asOfNow, expectRotated, otherJob, run } from '../whole/rotation.ts'
import { passing } from '../whole/trial-test.ts'
import type { World } from '../whole/world.ts'
import { openssl, publicKeyOf } from './openssl-command.ts'
import { publicKeyText, signatureText } from './openssl-text.ts'
import { test as outsideTest } from './outside-test.ts'

/** Neither root's nor what a file is made with. */
const owner = { uid: 4_321, gid: 4_322 }
const modes = { certificateFile: 0o604, privateKeyFile: 0o440 } as const

/** One device in files that others read, which every test rotates once more. */
const test = outsideTest.extend('device', { scope: 'file' }, async ({ world }, { onCleanup }) => {
  const device = run(await deviceOfOthers(world))
  onCleanup(async () => device.stop())
  return device
})

async function deviceOfOthers(world: World): Promise<Device> {
  const device = await world.newDevice()
  for (const name of ['certificateFile', 'privateKeyFile'] as const) {
    chownSync(device[name], owner.uid, owner.gid)
    chmodSync(device[name], modes[name])
  }
  return device
}

const ownershipOf = (file: string) => {
  const { mode, uid, gid } = statSync(file)
  return { mode: mode & 0o7777, uid, gid }
}

test.for(algorithmPairs)(
  'a whole rotation to $keyAlgorithm, asked for with $signingAlgorithm, leaves files that openssl finds in order, for whom they were',
  async (pair, { world, trials, device, expect }) => {
    const before = asOfNow(device)
    const created = trials.seen(passing(device, 'in', '/certificate/create'))
    const jobId = await otherJob(world, device, { operation: 'ROTATE_CERTIFICATE', ...pair })
    const { csr } = JSON.parse((await created).payload.toString()) as { csr: string }
    const requestFile = join(world.folder, 'request.pem')
    writeFileSync(requestFile, csr)
    await expectRotated(world, before, jobId)

    const request = await openssl('req', '-in', requestFile, '-verify', '-noout', '-text')
    expect(request.stderr).toContain('self-signature verify OK')
    expect(request.stdout).toMatch(signatureText(pair.signingAlgorithm))
    const { certificateFile, privateKeyFile } = device
    const key = await publicKeyOf('pkey', privateKeyFile)
    expect(await publicKeyOf('req', requestFile)).toBe(key)
    expect(await publicKeyOf('x509', certificateFile)).toBe(key)
    const certificate = await openssl('x509', '-in', certificateFile, '-noout', '-text')
    expect(certificate.stdout.replaceAll(/^ +/gmu, '')).toMatch(publicKeyText[pair.keyAlgorithm])
    // AWS IoT signs by its own authority's key, whatever signed the request.
    expect(certificate.stdout).toContain('Signature Algorithm: sha256WithRSAEncryption')
    expect(readFileSync(privateKeyFile, 'utf8')).toMatch(
      pair.keyAlgorithm.startsWith('RSA')
        ? /^-----BEGIN RSA PRIVATE KEY-----\n/u
        : /^-----BEGIN PRIVATE KEY-----\n/u,
    )
    expect(ownershipOf(certificateFile)).toEqual({ mode: modes.certificateFile, ...owner })
    expect(ownershipOf(privateKeyFile)).toEqual({ mode: modes.privateKeyFile, ...owner })
  },
)
