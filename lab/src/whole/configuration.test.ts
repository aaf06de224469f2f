import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { componentName } from '@rotator/protocol/names'
import { refusedConfigurations } from '@rotator/protocol/testing/refused-configurations'
import { parseCsr } from '@rotator/protocol/x509/csr'
import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import type { Device } from '../fleet/device.ts'
import { asOfNow, expectRotated, startJob } from './rotation.ts'
import { passing, type Trials, test } from './trial-test.ts'

const keyOf = (device: Device) => new X509Certificate(readFileSync(device.certificateFile)).publicKey

/** What signs the next request of the device. */
async function nextSigningAlgorithm(trials: Trials, device: Device): Promise<unknown> {
  const { payload } = await trials.seen(passing(device, 'in', '/certificate/create'))
  const csr = parseCsr((JSON.parse(payload.toString()) as { csr: string }).csr)
  return csr.ok && csr.value.signingAlgorithm
}

const odd = [
  { keyAlgorithm: 'RSA-2048', signingAlgorithm: 7, because: 'signingAlgorithm "7" is unknown. Use one of' },
  {
    keyAlgorithm: { name: 'RSA-2048' },
    signingAlgorithm: 'SHA256WITHRSA',
    because: 'keyAlgorithm "{\\"name\\":\\"RSA-2048\\"}" is unknown. Use one of',
  },
]

describe.concurrent('a deployment of a configuration', () => {
  test('with any of the 26 that cannot be used, or no names at all, is rejected with a reason, and the next rotation is as before', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    for (const { because, ...merge } of [...refusedConfigurations, ...odd]) {
      const deployed = await coreControl(device).deploy({ component: componentName, merge })
      expect(deployed).toMatchObject({
        status: 'FAILED_NO_STATE_CHANGE',
        reason: expect.stringContaining(because),
      })
    }
    await expectRotated(world, device, await startJob(world, device))
    expect(keyOf(device).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
  })

  test('with good algorithms is accepted and used by the next rotation', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await expectRotated(world, device, await startJob(world, device))
    const between = asOfNow(device)
    const merge = { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA512' }
    const deployed = await coreControl(device).deploy({ component: componentName, merge })
    expect(deployed).toEqual({ status: 'SUCCESSFUL' })
    const asked = nextSigningAlgorithm(trials, device)
    await expectRotated(world, between, await startJob(world, device))
    expect(await asked).toBe(merge.signingAlgorithm)
    expect(keyOf(device).asymmetricKeyDetails).toEqual({ namedCurve: 'secp384r1' })
  })

  test('that lacks one of the two names is answered at once, by what the default in its place comes to', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start({
      algorithms: { keyAlgorithm: 'RSA-3072', signingAlgorithm: 'SHA512WITHRSA' },
    })
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    const deploy = async (reset: string[], merge = {}) =>
      coreControl(device).deploy({ component: componentName, reset, merge })
    expect(await deploy(['/keyAlgorithm'], { signingAlgorithm: 'ECDSA-WITH-SHA256' })).toMatchObject({
      status: 'FAILED_NO_STATE_CHANGE',
      reason: expect.stringContaining(
        'keyAlgorithm RSA-2048 and signingAlgorithm ECDSA-WITH-SHA256 are of different',
      ),
    })
    expect(await deploy(['/signingAlgorithm'])).toEqual({ status: 'SUCCESSFUL' })
    const asked = nextSigningAlgorithm(trials, device)
    await expectRotated(world, device, await startJob(world, device))
    expect(await asked).toBe('SHA256WITHRSA')
    expect(keyOf(device).asymmetricKeyDetails).toMatchObject({ modulusLength: 3072 })
  })
})
