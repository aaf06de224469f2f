import { csrDigest } from '@rotator/protocol/x509/csr'
import { noRecord } from '@rotator/rotation/record/record'
import { readRecord } from '@rotator/rotation/record/shadow'
import { expect, test } from 'vitest'
import { decideAndWrite, readOwnExecution } from './arbitration.ts'
import { FakeAws } from './testing/fake-aws/fake-aws.ts'
import { fakeClients } from './testing/fake-clients.ts'
import { firstCsr, RotationWorld, thing } from './testing/rotation-world.ts'
import { certificateIdOf, jobId } from './testing/test-ids.ts'
import { awsPorts } from './wiring.ts'

test('the ports of AWS tell the time and wait', async () => {
  const { environment, ...clients } = fakeClients(new FakeAws())
  const ports = awsPorts(environment, clients)
  const before = ports.now()
  await ports.pause(5)
  // A timer and the clock may differ by a fraction of a millisecond.
  expect(ports.now() - before).toBeGreaterThanOrEqual(4)
  expect(ports.retireDelaySeconds).toBe(600)
})

test('what issues is never taken for a decision that can be written at once', async () => {
  const world = new RotationWorld()
  const { environment, ...clients } = fakeClients(world.aws)
  const create = {
    kind: 'create',
    principal: world.old,
    version: 'v2',
    execution: { jobId: jobId('J1'), executionNumber: 1 },
    view: 'in-progress',
    csrDigest: csrDigest(firstCsr),
  }
  const decision = decideAndWrite(awsPorts(environment, clients), thing, async () => create as never)
  await expect(decision).rejects.toThrow(/only a create/u)
  expect(world.record).toEqual({})
})

test('an execution that the record does not name counts as over', async () => {
  const { environment, ...clients } = fakeClients(new FakeAws())
  const ports = awsPorts(environment, clients)
  const begunByVersion1 = {
    progress: 'created',
    oldCertificateId: certificateIdOf('a'),
    newCertificateId: certificateIdOf('b'),
  }
  for (const record of [noRecord, readRecord(begunByVersion1)]) {
    expect(await readOwnExecution(ports, thing, record)).toBe('over')
  }
})
