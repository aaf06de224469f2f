import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Algorithms, algorithmPairs } from '@rotator/protocol/algorithms'
import { describe } from 'vitest'
import { presentInToken } from '../operator/token-proof.ts'
import { pkcs11ToolIn } from '../tokens/pkcs11-tool.ts'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { asOfNow, ended, expectRotated, otherJob, run } from '../whole/rotation.ts'
import { passing } from '../whole/trial-test.ts'
import { openssl, publicKeyOf } from './openssl-command.ts'
import { publicKeyText, signatureText } from './openssl-text.ts'
import { test as outsideTest } from './outside-test.ts'

/** Greengrass cannot use a P-521 key in a token. */
const isUsable = ({ keyAlgorithm }: Algorithms): boolean => keyAlgorithm !== 'ECDSA-P521'
const pairs = algorithmPairs.filter(isUsable)
const refusedPairs = algorithmPairs.filter(pair => !isUsable(pair))

/** One device with a token, which every test rotates once more. */
const heldIn = (make: typeof makeSoftHsm) =>
  outsideTest.extend('held', { scope: 'file' }, async ({ world }, { onCleanup }) => {
    const token = await make(join(world.folder, `token-${make.name}`))
    const device = run(await world.newDevice({ token }))
    onCleanup(async () => {
      await device.stop()
      await token.close()
    })
    return { device, token }
  })

describe.each([
  { kind: 'SoftHSM2', test: heldIn(makeSoftHsm) },
  { kind: 'a TPM', test: heldIn(makeTpm) },
])('$kind', ({ test }) => {
  test.for(pairs)(
    'a whole rotation to $keyAlgorithm, asked for with $signingAlgorithm, leaves one pair that openssl finds in order and AWS’s library connects with',
    async (pair, { world, trials, held: { device, token }, expect }) => {
      const before = asOfNow(device)
      const created = trials.seen(passing(device, 'in', '/certificate/create'))
      const jobId = await otherJob(world, device, { operation: 'ROTATE_CERTIFICATE', ...pair })
      const { csr } = JSON.parse((await created).payload.toString()) as { csr: string }
      await expectRotated(world, before, jobId)

      const requestFile = join(world.folder, 'request.pem')
      const certificateFile = join(world.folder, 'certificate.pem')
      writeFileSync(requestFile, csr)
      writeFileSync(certificateFile, presentInToken(token).certificatePem)
      const request = await openssl('req', '-in', requestFile, '-verify', '-noout', '-text')
      expect(request.stderr).toContain('self-signature verify OK')
      expect(request.stdout).toMatch(signatureText(pair.signingAlgorithm))
      expect(await publicKeyOf('x509', certificateFile)).toBe(await publicKeyOf('req', requestFile))
      const certificate = await openssl('x509', '-in', certificateFile, '-noout', '-text')
      expect(certificate.stdout.replaceAll(/^ +/gmu, '')).toMatch(publicKeyText[pair.keyAlgorithm])
      const listed = pkcs11ToolIn(token, ['--list-objects', '--type', 'privkey']).toString()
      expect(listed).toContain('never extractable')
    },
  )

  test.for(refusedPairs)(
    'a job for $keyAlgorithm with $signingAlgorithm is refused with the reason, and the old identity stays',
    async (pair, { world, held: { device, token }, expect }) => {
      const { certificatePem } = presentInToken(token)
      const jobId = await otherJob(world, device, { operation: 'ROTATE_CERTIFICATE', ...pair })
      expect(await ended(world, device, jobId)).toMatchObject({
        status: 'FAILED',
        statusDetails: { failureCode: 'ALGORITHM_NOT_ALLOWED' },
      })
      expect(presentInToken(token).certificatePem).toBe(certificatePem)
    },
  )
})
