import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseCsr } from '@rotator/protocol/x509/csr'
import { describe } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { asOfNow, attachedNow, ended, expectRotated, otherJob, startJob } from './rotation.ts'
import { passing, test } from './trial-test.ts'

const operation = 'ROTATE_CERTIFICATE'
const keyOf = (device: Device) => new X509Certificate(readFileSync(device.certificateFile)).publicKey

describe.concurrent('a job whose document names algorithms', () => {
  test('has them in place of those of the configuration, which count again for the next job', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const named = { keyAlgorithm: 'ECDSA-P521', signingAlgorithm: 'ECDSA-WITH-SHA384' }
    const asked = trials.seen(passing(device, 'in', '/certificate/create'))
    await expectRotated(world, device, await otherJob(world, device, { operation, ...named }))
    const { csr } = JSON.parse((await asked).payload.toString()) as { csr: string }
    expect(parseCsr(csr)).toMatchObject({ ok: true, value: { signingAlgorithm: named.signingAlgorithm } })
    expect(keyOf(device).asymmetricKeyDetails).toEqual({ namedCurve: 'secp521r1' })
    await expectRotated(world, asOfNow(device), await startJob(world, device))
    expect(keyOf(device).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
  })

  test('may name one of them, where it goes with the other of the configuration', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const document = { operation, keyAlgorithm: 'RSA-3072' }
    await expectRotated(world, device, await otherJob(world, device, document))
    expect(keyOf(device).asymmetricKeyDetails).toMatchObject({ modulusLength: 3072 })
  })

  test('that cannot be used fails with the sentence that a deployment of them would get, and makes nothing', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const asked = trials.watch(passing(device, 'in', '/certificate/create'))
    for (const [named, because] of [
      [{ signingAlgorithm: 'MD5' }, 'signingAlgorithm "MD5" is unknown. Use one of'],
      [
        { keyAlgorithm: 'ECDSA-P256' },
        'keyAlgorithm ECDSA-P256 and signingAlgorithm SHA256WITHRSA are of different types (mismatched). With ECDSA-P256 use one of',
      ],
      [{ keyAlgorithm: 2048 }, 'keyAlgorithm "2048" is unknown. Use one of'],
    ] as const) {
      const jobId = await otherJob(world, device, { operation, ...named })
      expect(await ended(world, device, jobId)).toMatchObject({
        status: 'FAILED',
        statusDetails: {
          failureCode: 'ALGORITHM_NOT_ALLOWED',
          DeviceFailureReason: expect.stringContaining(because),
        },
      })
    }
    expect(asked.count).toBe(0)
    expect(device.phases).not.toContain('ask')
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
    await expectRotated(world, device, await startJob(world, device))
  })
})
