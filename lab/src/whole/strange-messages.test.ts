import { readFileSync } from 'node:fs'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { describe } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { factoryIdentity } from '../fleet/identity.ts'
import { connectAs } from './device-client.ts'
import { asOfNow, attachedNow, expectRotated, recordOf, startJob } from './rotation.ts'
import { passing, test } from './trial-test.ts'

const garbage = [
  '',
  'null',
  '[]',
  '"text"',
  '{',
  '{"jobId":7}',
  '{"execution":{"jobId":"a/b"}}',
  '\u0000\uFFFF',
  'x'.repeat(100_000),
]

const malformed = [
  '{}',
  '{"jobId":7}',
  '{"jobId":"a/b"}',
  '{"jobId":"j","csr":5,"turn":"x"}',
  // The rule hands on who asks, without what was asked.
  '{',
  'x'.repeat(100_000),
  JSON.stringify({ jobId: 'j', executionNumber: 1, csr: 'x'.repeat(100_000), turn: 'x' }),
]

/** Whoever starts again connects again. */
const connectionsMade = ({ componentLog }: Device): number =>
  readFileSync(componentLog, 'utf8').split('Connected with Greengrass;').length - 1

describe.concurrent('messages that are not what is waited for', () => {
  test('M13: late answers of an earlier attempt are dropped', async ({ world, trials, expect }) => {
    const device = await trials.start()
    const other = await factoryIdentity('other')
    const earlier = {
      jobId: 'earlier',
      executionNumber: 1,
      csrDigest: csrDigest(other.csr),
      certificateId: device.old.certificateId,
    }
    const final = { errorMsg: 'late', code: 'CSR_INVALID', retryable: false, ...earlier }
    const requests = ['/certificate/create', '/certificate/commit']
    trials.meet(
      passage => requests.some(end => passing(device, 'in', end)(passage)),
      (passage, deliver) => {
        const { topic } = passage
        trials.tell(`${topic}/rejected`, final)
        trials.tell(`${topic}/accepted`, { ...earlier, certificatePem: device.old.certificatePem, turn: 0 })
        deliver()
      },
      2,
    )
    await expectRotated(world, device, await startJob(world, device))
    expect(device.phases).not.toContain('fail')
  })

  test('M16: malformed payloads on every topic of the device change nothing', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    const made = connectionsMade(device)
    const topics = [
      'jobs/notify-next',
      'jobs/x/get/accepted',
      'jobs/x/get/rejected',
      'jobs/x/update/accepted',
      'jobs/x/update/rejected',
    ]
    const ours = ['create', 'commit'].flatMap(kind =>
      ['accepted', 'rejected'].map(verdict => `certificate/${kind}/${verdict}`),
    )
    const arrived = new Map<string, number>()
    const isOfDevice = passing(device, 'out', '')
    trials.meet(
      passage => isOfDevice(passage) && garbage.includes(passage.payload.toString()),
      ({ topic }, deliver) => {
        arrived.set(topic, (arrived.get(topic) ?? 0) + 1)
        deliver()
      },
      Number.POSITIVE_INFINITY,
    )
    const told = [
      ...topics.map(topic => `$aws/things/${device.thingName}/${topic}`),
      ...ours.map(topic => `awslabs/things/${device.thingName}/${topic}`),
    ]
    for (const payload of garbage) for (const topic of told) trials.tell(topic, payload)
    const asked = trials.seen(passing(device, 'in', '/certificate/create'))
    const jobId = await startJob(world, device)
    await asked
    expect(arrived).toEqual(new Map(told.map(topic => [topic, garbage.length])))
    expect([made, connectionsMade(device)]).toEqual([1, 1])
    await expectRotated(world, device, jobId)
  })

  test('M16: malformed requests are refused with a code and change nothing', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.make()
    const client = await connectAs(world, device)
    for (const kind of ['create', 'commit'] as const) {
      for (const payload of malformed) {
        expect(await client.ask(kind, payload)).toMatchObject({
          accepted: false,
          reply: { code: 'INVALID_MESSAGE', retryable: false },
        })
        trials.fired()
      }
    }
    await client.end()
    expect(await recordOf(world, device)).toBeUndefined()
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
  })

  test("M18: copies of an earlier execution's create and commit have no effect during a later one", async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const copies: Record<string, string> = {}
    trials.watch(
      passing(device, 'in', '/certificate/create'),
      ({ payload }) => (copies['create'] ??= payload.toString()),
    )
    trials.watch(
      passing(device, 'in', '/certificate/commit'),
      ({ payload }) => (copies['commit'] ??= payload.toString()),
    )
    const first = await startJob(world, device)
    await expectRotated(world, device, first)
    const client = await connectAs(world, device)
    const isOfFirst = expect.objectContaining({ jobId: first, executionNumber: 1 })
    expect(Object.values(copies).map(copy => JSON.parse(copy))).toEqual([isOfFirst, isOfFirst])
    const answers: unknown[] = []
    trials.meet(passing(device, 'out', '/certificate/create/accepted'), (_passage, deliver) => {
      void Promise.all([
        client.ask('create', copies['create'] ?? ''),
        client.ask('commit', copies['commit'] ?? ''),
      ]).then(all => {
        answers.push(...all)
        return deliver()
      })
    })
    await expectRotated(world, asOfNow(device), await startJob(world, device))
    await client.end()
    const isRefused = (code: string) => ({
      accepted: false,
      reply: { code, jobId: first, executionNumber: 1 },
    })
    expect(answers).toMatchObject([isRefused('EXECUTION_NOT_IN_PROGRESS'), isRefused('OTHER_EXECUTION')])
    expect(device.phases).not.toContain('rollback')
  })

  test('M20: a second request of the same execution is refused, and the first, repeated after it, is answered', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const client = await connectAs(world, device)
    const second = await factoryIdentity('AWS IoT Certificate')
    const answers: unknown[] = []
    let first = ''
    trials.watch(passing(device, 'in', '/certificate/create'), ({ clientId, payload }) => {
      if (!clientId.includes('#')) first = payload.toString()
    })
    const askBeside = async (): Promise<void> => {
      const x = JSON.parse(first) as Record<string, unknown>
      answers.push(await client.ask('create', { ...x, csr: second.csr }), await client.ask('create', first))
    }
    let asked: Promise<void> | undefined
    const isAccepted = passing(device, 'out', '/certificate/create/accepted')
    // The device asks again while it waits, and must not go on with the answer to that.
    trials.meet(
      passage => isAccepted(passage) && !passage.clientId.includes('#'),
      (_passage, deliver) => {
        asked ??= askBeside()
        void asked.then(deliver)
      },
      Number.POSITIVE_INFINITY,
    )
    await expectRotated(world, device, await startJob(world, device))
    await client.end()
    expect(answers).toMatchObject([
      { accepted: false, reply: { code: 'ANOTHER_CSR_PENDING', csrDigest: csrDigest(second.csr) } },
      { accepted: true, reply: { csrDigest: csrDigest(JSON.parse(first).csr) } },
    ])
  })
})
