import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { componentName } from '@rotator/protocol/names'
import { parseCsr } from '@rotator/protocol/x509/csr'
import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import type { Device } from '../fleet/device.ts'
import { asOfNow, expectRotated, startJob } from './rotation.ts'
import { passing, test } from './trial-test.ts'

const keyOf = (device: Device) => new X509Certificate(readFileSync(device.certificateFile)).publicKey

describe.concurrent('a deployment of a configuration', () => {
  test.for([
    [
      'an unknown key algorithm',
      { keyAlgorithm: 'RSA-512' },
      'keyAlgorithm "RSA-512" is unknown. Use one of',
    ],
    ['algorithms of two families', { keyAlgorithm: 'ECDSA-P256' }, 'are of different types (mismatched)'],
    ['a number for a name', { signingAlgorithm: 7 }, 'signingAlgorithm "7" is unknown. Use one of'],
  ] as const)(
    'with %s is rejected with a reason, and the next rotation is as before',
    async ([, merge, reason], { world, trials, expect }) => {
      const device = await trials.start()
      await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
      const deployed = await coreControl(device).deploy({ component: componentName, merge })
      expect(deployed).toMatchObject({
        status: 'FAILED_NO_STATE_CHANGE',
        reason: expect.stringContaining(reason),
      })
      await expectRotated(world, device, await startJob(world, device))
      expect(keyOf(device).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
    },
  )

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
    const asked = trials.seen(passing(device, 'in', '/certificate/create'))
    await expectRotated(world, between, await startJob(world, device))
    const { csr } = JSON.parse((await asked).payload.toString()) as { csr: string }
    expect(parseCsr(csr)).toMatchObject({ ok: true, value: { signingAlgorithm: merge.signingAlgorithm } })
    expect(keyOf(device).asymmetricKeyDetails).toEqual({ namedCurve: 'secp384r1' })
  })
})
