import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { csrPem, parseCsr } from '@rotator/protocol/x509/csr'
import { describe } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { factoryIdentity, requestFor, requestForServer } from '../fleet/identity.ts'
import { connectOnce } from '../operator/presence.ts'
import { attachPolicy, createPolicy } from '../operator/registry.ts'
import { anotherIdentity } from './another-identity.ts'
import { connectAs, connectFor } from './device-client.ts'
import { countIssued } from './issued.ts'
import {
  asOfNow,
  expectRotated,
  otherJob,
  recordOf,
  startJob,
  until,
  updateAsOtherProgram,
} from './rotation.ts'
import { standingOf } from './standing.ts'
import { passing, test } from './trial-test.ts'
import type { World } from './world.ts'

const subject = 'AWS IoT Certificate'
const newRequest = async (): Promise<string> => (await factoryIdentity(subject)).csr

/** A rotation job that is under way, as the component would have begun it. */
async function jobUnderWay(world: World, device: Device): Promise<string> {
  const jobId = await startJob(world, device)
  await updateAsOtherProgram(world, device, jobId, 'IN_PROGRESS')
  return jobId
}

let laxPolicies = 0

/** The operator's mistake that opens the door: this device may do anything. */
async function mayDoAnything({ clients: { iot } }: World, device: Device): Promise<void> {
  laxPolicies += 1
  const policyName = `Lax-${laxPolicies}`
  const allow = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
  await createPolicy(iot, policyName, JSON.stringify({ Version: '2012-10-17', Statement: [allow] }))
  await attachPolicy(iot, policyName, device.old.certificateArn)
}

describe.concurrent("another thing's name", () => {
  test("A1: a publish on another thing's topic drops the connection, and so does its client id", async ({
    world,
    trials,
    expect,
  }) => {
    const [attacker, victim] = [await trials.make(), await trials.make()]
    const jobId = await jobUnderWay(world, victim)
    const before = await standingOf(world, victim)
    const access = { ...world.mqtt, rootCa: world.rootCa, ...attacker.old }
    const handled = trials.watch(passing(victim, 'in', '/certificate/create'))
    const client = await connectOnce(access, attacker.thingName)
    const dropped = new Promise<void>(resolve => client.once('close', () => resolve()))
    client.publish(
      `awslabs/things/${victim.thingName}/certificate/create`,
      JSON.stringify({ jobId, executionNumber: 1, csr: await newRequest() }),
      { qos: 1 },
    )
    await dropped
    trials.fired()
    for (const clientId of [victim.thingName, `${victim.thingName}#2`]) {
      await expect(connectOnce(access, clientId)).rejects.toThrow()
      trials.fired()
    }
    expect(handled.count).toBe(0)
    expect(await standingOf(world, victim)).toEqual(before)
  })

  test('A1: where a policy allows it, the backend refuses it all the same', async ({
    world,
    trials,
    expect,
  }) => {
    const [attacker, victim] = [await trials.make(), await trials.make()]
    await mayDoAnything(world, attacker)
    const jobId = await jobUnderWay(world, victim)
    const before = [await standingOf(world, victim), await standingOf(world, attacker)]
    const issuedFor = countIssued(world)
    const csr = await newRequest()
    const asVictim = {
      principal: victim.old.certificateId,
      thingName: victim.thingName,
      clientId: victim.thingName,
    }
    for (const [clientId, code] of [
      [attacker.thingName, 'CLIENT_ID_MISMATCH'],
      [`${victim.thingName}0`, 'CLIENT_ID_MISMATCH'],
      [victim.thingName.slice(0, -1), 'CLIENT_ID_MISMATCH'],
      [`${victim.thingName}#2`, 'NOT_ATTACHED'],
      [victim.thingName, 'NOT_ATTACHED'],
    ] as const) {
      const client = await connectFor(world, victim, attacker.old, clientId)
      for (const claims of [{}, asVictim]) {
        const answer = await client.ask('create', { jobId, executionNumber: 1, csr, ...claims })
        expect(answer).toMatchObject({ accepted: false, reply: { code, retryable: false } })
        trials.fired()
      }
      await client.end()
    }
    expect(issuedFor(csr)).toBe(0)
    expect([await standingOf(world, victim), await standingOf(world, attacker)]).toEqual(before)
  })

  test('A1: fields named like those of the rule do not change who a device is', async ({
    world,
    trials,
    expect,
  }) => {
    const [attacker, victim] = [await trials.make(), await trials.make()]
    const jobId = await jobUnderWay(world, victim)
    const answersToVictim = trials.watch(passing(victim, 'out', ''))
    const client = await connectAs(world, attacker)
    const claims = {
      principal: victim.old.certificateId,
      thingName: victim.thingName,
      clientId: victim.thingName,
      topic: `awslabs/things/${victim.thingName}/certificate/create`,
    }
    const answer = await client.ask('create', {
      jobId,
      executionNumber: 1,
      csr: await newRequest(),
      ...claims,
    })
    trials.fired()
    await client.end()
    expect(answer).toMatchObject({ accepted: false, reply: { code: 'EXECUTION_NOT_IN_PROGRESS' } })
    expect(answersToVictim.count).toBe(0)
    expect(await recordOf(world, victim)).toBeUndefined()
  })
})

describe.concurrent('a certificate without a rotation', () => {
  test.for([
    ['without a job', 'EXECUTION_NOT_IN_PROGRESS', async () => 'no-such-job'],
    [
      "with another thing's job",
      'EXECUTION_NOT_IN_PROGRESS',
      async (world, _device, other) => jobUnderWay(world, other),
    ],
    [
      'with a job that is no rotation',
      'NOT_A_ROTATION',
      async (world, device) => {
        const jobId = await otherJob(world, device, { operation: 'REBOOT' })
        await updateAsOtherProgram(world, device, jobId, 'IN_PROGRESS')
        return jobId
      },
    ],
    [
      'with an ended job',
      'EXECUTION_NOT_IN_PROGRESS',
      async (world, device) => {
        const jobId = await jobUnderWay(world, device)
        await updateAsOtherProgram(world, device, jobId, 'SUCCEEDED')
        return jobId
      },
    ],
  ] satisfies [string, string, (world: World, device: Device, other: Device) => Promise<string>][])(
    'A2: a create %s is refused and changes nothing',
    async ([, code, prepare], { world, trials, expect }) => {
      const [device, other] = [await trials.make(), await trials.make()]
      const issuedFor = countIssued(world)
      const jobId = await prepare(world, device, other)
      const before = await standingOf(world, device)
      const csr = await newRequest()
      const client = await connectAs(world, device)
      const answer = await client.ask('create', { jobId, executionNumber: 1, csr })
      trials.fired()
      await client.end()
      expect(answer).toMatchObject({ accepted: false, reply: { code, retryable: false, jobId } })
      expect(issuedFor(csr)).toBe(0)
      expect(await standingOf(world, device)).toEqual(before)
    },
  )
})

describe.concurrent('a commit that decides nothing', () => {
  test('A3: a commit from a certificate that is neither OLD nor NEW is refused and changes nothing', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.make()
    const jobId = await jobUnderWay(world, device)
    const old = await connectAs(world, device)
    const created = await old.ask('create', { jobId, executionNumber: 1, csr: await newRequest() })
    await old.end()
    const third = await anotherIdentity(world, device)
    const before = await standingOf(world, device)
    expect(before.record).toMatchObject({ progress: 'created' })
    const client = await connectAs(world, device, third)
    for (const [certificateId, code] of [
      [third.certificateId, 'OTHER_EXECUTION'],
      [created.reply['certificateId'], 'RESTART_PENDING'],
      [device.old.certificateId, 'RESTART_PENDING'],
    ] as const) {
      const answer = await client.ask('commit', { jobId, executionNumber: 1, turn: 0, certificateId })
      trials.fired()
      expect(answer).toMatchObject({ accepted: false, reply: { code } })
    }
    await client.end()
    expect(await standingOf(world, device)).toEqual(before)
  })

  test('A3: a commit that is replayed after settling has no effect', async ({ world, trials, expect }) => {
    const device = await trials.start()
    let copy = ''
    trials.watch(passing(device, 'in', '/certificate/commit'), ({ payload }) => (copy = payload.toString()))
    await expectRotated(world, device, await startJob(world, device))
    await until(
      'a settled record',
      () => recordOf(world, device),
      record => record?.['progress'] === 'settled' && String(record['retiring']) === '',
    )
    const before = await standingOf(world, device)
    const client = await connectAs(world, device)
    const { certificateId } = asOfNow(device).old
    const [again, asOld] = [
      await client.ask('commit', copy),
      await client.ask('commit', { ...JSON.parse(copy), certificateId: device.old.certificateId }),
    ]
    trials.fired(2)
    await client.end()
    expect(again).toMatchObject({ accepted: true, reply: { certificateId } })
    expect(asOld).toMatchObject({ accepted: true, reply: { certificateId } })
    expect(await standingOf(world, device)).toEqual(before)
  })
})

function withBrokenSignature(csr: string): string {
  const parsed = parseCsr(csr)
  if (!parsed.ok) throw new Error(parsed.problem)
  const der = Buffer.from(parsed.value.der)
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1)
  return csrPem(der)
}

test('A4: requests of every wrong kind are refused by their codes and change nothing', async ({
  world,
  trials,
  expect,
}) => {
  const device = await trials.make()
  const jobId = await jobUnderWay(world, device)
  const before = await standingOf(world, device)
  const issuedFor = countIssued(world)
  const good = await newRequest()
  const oldKey = createPrivateKey(device.old.privateKeyPem)
  const requests = [
    [
      'CSR_KEY_NOT_NEW',
      await requestFor(subject, { privateKey: oldKey, publicKey: createPublicKey(oldKey) }),
    ],
    ['CSR_SUBJECT_DIFFERS', (await factoryIdentity('somebody else')).csr],
    [
      'CSR_ALGORITHM_NOT_ALLOWED',
      await requestFor(subject, generateKeyPairSync('rsa', { modulusLength: 1024 })),
    ],
    [
      'CSR_ALGORITHM_NOT_ALLOWED',
      await requestFor(subject, generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
    ],
    ['CSR_INVALID', withBrokenSignature(good)],
    [
      'CSR_INVALID',
      requestForServer(subject, 'host.example', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    ],
    ['CSR_INVALID', 'garbage'],
    ['INVALID_MESSAGE', good.padEnd(4_097)],
  ] as const
  const client = await connectAs(world, device)
  for (const [code, csr] of requests) {
    const answer = await client.ask('create', { jobId, executionNumber: 1, csr })
    trials.fired()
    expect(answer).toMatchObject({ accepted: false, reply: { code, retryable: false } })
    expect(issuedFor(csr)).toBe(0)
    expect(await standingOf(world, device)).toEqual(before)
  }
  expect(await client.ask('create', { jobId, executionNumber: 1, csr: good })).toMatchObject({
    accepted: true,
  })
  await client.end()
})
