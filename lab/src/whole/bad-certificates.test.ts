import { TestAuthority } from '@rotator/component/testing/test-authority'
import { describe } from 'vitest'
import { startJob } from './rotation.ts'
import { expectFailedOnOld, expectOnlyNewGoes } from './stays-on-old.ts'
import { passing, test } from './trial-test.ts'

const dayMs = 24 * 60 * 60 * 1000
const authority = new TestAuthority()

/** What comes in place of the certificate that was asked for. */
const wrongCertificates = [
  {
    what: 'for another key',
    reason: 'is for another key than the one that it was asked for',
    make: async () => (await authority.identity()).certificatePem,
  },
  {
    what: 'that has expired',
    reason: 'expired on',
    make: async (csr: string) =>
      authority.issue(csr, { notBefore: Date.now() - 9 * dayMs, notAfter: Date.now() - dayMs }),
  },
  {
    what: 'of another subject',
    reason: 'names another subject',
    make: async (csr: string) => authority.issue(csr, { subject: 'CN=somebody else' }),
  },
  {
    what: 'that is no PEM',
    reason: 'is no certificate in PEM that can be read',
    make: async () => '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n',
  },
  {
    what: 'that was not announced',
    reason: 'The cloud announced',
    make: async (csr: string) => authority.issue(csr),
  },
]

describe.concurrent('an answer with a certificate that cannot be used', () => {
  test.for(wrongCertificates)(
    'D9: a certificate $what is refused, nothing is switched, and the next rotation succeeds',
    async ({ reason, make }, { world, trials, expect }) => {
      const device = await trials.start()
      const asked = trials.seen(passing(device, 'in', '/certificate/create'))
      const answered = Promise.withResolvers<string>()
      trials.meet(passing(device, 'out', '/certificate/create/accepted'), ({ topic, payload }) => {
        const answer = JSON.parse(payload.toString()) as { certificateId: string }
        void asked
          .then(request => make((JSON.parse(request.payload.toString()) as { csr: string }).csr))
          .then(certificatePem => trials.tell(topic, { ...answer, certificatePem }))
          .then(() => answered.resolve(answer.certificateId))
      })
      const jobId = await startJob(world, device)
      const newCertificateId = await answered.promise
      await expectFailedOnOld(world, device, jobId, {
        failureCode: 'CERTIFICATE_UNUSABLE',
        DeviceFailureReason: expect.stringContaining(reason),
      })
      await expectOnlyNewGoes(world, device, newCertificateId)
    },
  )
})
