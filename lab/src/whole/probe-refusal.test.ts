import { readFileSync } from 'node:fs'
import { RegisterCertificateWithoutCACommand } from '@aws-sdk/client-iot'
import { TestAuthority } from '@rotator/component/testing/test-authority'
import { describe } from 'vitest'
import { fingerprint } from '../operator/proof.ts'
import { attachPolicy, createPolicy } from '../operator/registry.ts'
import { type CreateAnswer, deactivation, denial, denyProbes, whenNewIsMade } from './new-certificate.ts'
import { expectRotated, startJob, until } from './rotation.ts'
import { expectFailedOnOld, expectOnlyNewGoes } from './stays-on-old.ts'
import { passing, test } from './trial-test.ts'
import type { World } from './world.ts'

const hourMs = 60 * 60 * 1000
const authority = new TestAuthority()

type Spoil = (world: World, answer: CreateAnswer, csr: string) => Promise<CreateAnswer | undefined | void>

/** Another certificate for the same key, as the answer would carry it. */
const answerWith = (answer: CreateAnswer, certificatePem: string): CreateAnswer => ({
  ...answer,
  certificatePem,
  certificateId: fingerprint(certificatePem),
})

/** The clock of the cloud says that NEW is not valid yet; it is known, active and may do everything. */
async function notYetValid(world: World, answer: CreateAnswer, csr: string): Promise<CreateAnswer> {
  const certificatePem = await authority.issue(csr, { notBefore: Date.now() + hourMs })
  const { iot } = world.clients
  const policyName = `Early-${answer.certificateId.slice(0, 8)}`
  const everything = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
  await createPolicy(iot, policyName, JSON.stringify({ Version: '2012-10-17', Statement: [everything] }))
  const { certificateArn = '' } = await iot.send(
    new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
  )
  await attachPolicy(iot, policyName, certificateArn)
  return answerWith(answer, certificatePem)
}

const refusals: { what: string; told: string; spoil: Spoil }[] = [
  {
    what: 'is inactive',
    told: 'mqtt refused',
    spoil: async (world, answer) => deactivation.refuse(world, answer.certificateId),
  },
  {
    what: 'may not connect by its policies',
    told: 'mqtt refused',
    spoil: async (world, answer) => denial('iot:Connect').refuse(world, answer.certificateId),
  },
  {
    what: 'may not fetch credentials by its policies',
    told: 'credentials refused',
    spoil: async (world, answer) =>
      denial('iot:AssumeRoleWithCertificate').refuse(world, answer.certificateId),
  },
  {
    what: 'is of an authority that the cloud does not know',
    told: 'mqtt refused',
    spoil: async (_world, answer, csr) => answerWith(answer, await authority.issue(csr)),
  },
  { what: 'is not valid yet', told: 'mqtt refused', spoil: notYetValid },
]

describe.concurrent('a new certificate that the endpoint refuses', () => {
  test.for(refusals)(
    'D7: NEW $what: that is found before the switch, the job fails with the reason, and the next one succeeds',
    async ({ told, spoil }, { world, trials, expect }) => {
      const device = await trials.start()
      const asked = trials.seen(passing(device, 'in', '/certificate/create'))
      const made = whenNewIsMade(trials, device, async answer => {
        const { csr } = JSON.parse((await asked).payload.toString()) as { csr: string }
        return spoil(world, answer, csr)
      })
      const jobId = await startJob(world, device)
      const newCertificateId = await made
      await expectFailedOnOld(world, device, jobId, {
        failureCode: 'NEW_IDENTITY_REFUSED',
        DeviceFailureReason: expect.stringContaining('accepted the old one'),
      })
      expect(readFileSync(device.componentLog, 'utf8')).toContain(`The pending identity was tried: `)
      expect(readFileSync(device.componentLog, 'utf8')).toContain(told)
      await expectOnlyNewGoes(world, device, newCertificateId)
    },
  )

  test('D7: NEW whose policies spread late is waited for, and the rotation succeeds', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const late = denial('iot:Connect')
    void whenNewIsMade(trials, device, async ({ certificateId }) => {
      await late.refuse(world, certificateId)
      void until(
        'the first refusal',
        () => readFileSync(device.componentLog, 'utf8'),
        log => log.includes('The pending identity was tried: mqtt refused'),
      ).then(() => late.accept(world, certificateId))
    })
    await expectRotated(world, device, await startJob(world, device))
    expect(device.phases).not.toContain('fail')
  })

  test('a policy that refuses the probe of OLD and NEW alike tells nothing, and the rotation goes on without it', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await denyProbes(world, device)
    await expectRotated(world, device, await startJob(world, device))
    const log = readFileSync(device.componentLog, 'utf8')
    for (const slot of ['pending', 'current'])
      expect(log).toContain(`The ${slot} identity was tried: mqtt refused`)
  })
})
