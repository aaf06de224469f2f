import { readFileSync } from 'node:fs'
import type { MessageFault, Passage } from '@rotator/local-cloud/mqtt/broker-state'
import type { CommitRequest } from '@rotator/protocol/messages/commit'
import { describe, type ExpectStatic } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { inUse } from '../operator/proof.ts'
import { certificateStatus } from '../operator/registry.ts'
import { deactivation, denial, denyProbes, type Refusal, whenNewIsMade } from './new-certificate.ts'
import {
  attachedNow,
  execution,
  expectRotated,
  recordOf,
  startJob,
  type Trialled,
  until,
} from './rotation.ts'
import { expectFailedOnOld } from './stays-on-old.ts'
import { passing, type Trials, test } from './trial-test.ts'
import type { World } from './world.ts'

/** Lets something happen to NEW at one moment of its trial; settles when it has happened. */
type Moment = (trials: Trials, device: Trialled, refuse: () => Promise<void>) => Promise<void>

const inPhase = (device: Trialled, phase: string): Promise<unknown> =>
  until(
    `the phase ${phase}`,
    () => device.phases.join(' '),
    () => device.phases.includes(phase),
  )

/** The first message of a kind that passes is kept until NEW is refused; then it goes on, or is lost. */
const atMessage =
  (direction: Passage['direction'], topicEnd: string, isLost: boolean): Moment =>
  async (trials, device, refuse) =>
    new Promise((resolve, reject) => {
      trials.meet(passing(device, direction, topicEnd), (_passage, deliver) => {
        refuse()
          .then(() => (isLost ? undefined : deliver()))
          .then(resolve, reject)
      })
    })

const moments: [string, Moment][] = [
  [
    'while Greengrass is restarted for it',
    async (trials, device, refuse) => {
      await inPhase(device, 'restart')
      await refuse()
      trials.fired()
    },
  ],
  ['while its commit is under way', atMessage('in', '/certificate/commit', false)],
  ['when its commit is recorded and not heard of', atMessage('out', '/certificate/commit/accepted', true)],
]

const kinds: [string, Refusal][] = [
  ['deactivated', deactivation],
  ['refused by a policy while it is ACTIVE', denial('iot:*')],
]

/** What the record says at the moment when the device reports the failure. */
function recordsAtReport(world: World, device: Device): Record<string, unknown>[] {
  const records: Record<string, unknown>[] = []
  const isReport = passing(device, 'in', '/update', 'FAILED')
  world.cloud.services.broker.interfere((passage, deliver) => {
    if (!isReport(passage)) return deliver()
    void (async () => {
      records.push((await recordOf(world, device)) ?? {})
      deliver()
    })()
  })
  return records
}

async function expectRolledBack(
  world: World,
  device: Trialled,
  jobId: string,
  expect: ExpectStatic,
): Promise<void> {
  await expectFailedOnOld(world, device, jobId, { failureCode: 'ROLLED_BACK' })
  expect(device.phases.filter(phase => phase === 'rollback')).toHaveLength(1)
  expect(device.phases).not.toContain('forward')
}

// The longest of them, so that the others run beside it.
describe.concurrent('a new certificate that is refused where no probe can tell', () => {
  test('C13: NEW is deactivated and a policy refuses every probe: OLD is tried as a question, and the record agrees', async ({
    world,
    trials,
    expect,
  }) => {
    // A question is asked after a long silence, which begins when Greengrass says that it cannot subscribe: after 30 s,
    // where it is not configured otherwise.
    const mqtt = { port: world.mqtt.port, operationTimeoutMs: 5_000 }
    const device = await trials.start({ timeScale: 0.02, peculiarities: { nucleusConfiguration: { mqtt } } })
    await denyProbes(world, device)
    const records = recordsAtReport(world, device)
    const made = whenNewIsMade(trials, device, async () => {})
    const jobId = await startJob(world, device)
    await inPhase(device, 'restart')
    await deactivation.refuse(world, await made)
    await until(
      'a rollback',
      () => device.phases.join(' '),
      () => device.phases.includes('fail'),
      120_000,
    )
    await expectRolledBack(world, device, jobId, expect)
    expect(records[0]).toMatchObject({ progress: 'abandoned' })
    expect(await attachedNow(world, device)).toContain(device.old.certificateId)
  }, 240_000)
})

describe.concurrent('a new certificate that is refused after the switch', () => {
  for (const [what, kind] of kinds) {
    test.for(moments)(
      `C13: NEW is ${what} %s: the device rolls back, the record agrees first, and OLD stays`,
      async ([, moment], { world, trials, expect }) => {
        const device = await trials.start()
        const records = recordsAtReport(world, device)
        const isMade = trials.seen(passing(device, 'out', '/certificate/create/accepted'))
        const refused = isMade.then(async ({ payload }) => {
          const { certificateId } = JSON.parse(payload.toString()) as { certificateId: string }
          await moment(trials, device, async () => kind.refuse(world, certificateId))
          return certificateId
        })
        const jobId = await startJob(world, device)
        const newCertificateId = await refused
        await expectRolledBack(world, device, jobId, expect)
        expect(records[0]).toMatchObject({ progress: 'abandoned', newCertificateId })
        await until(
          'the end of NEW',
          () => certificateStatus(world.clients.iot, newCertificateId),
          status => status === 'gone',
        )
        expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
        expect(await certificateStatus(world.clients.iot, device.old.certificateId)).toBe('ACTIVE')
        await expectRotated(world, device, await startJob(world, device))
      },
    )
  }
})

describe.concurrent('an old certificate that is refused before the switch', () => {
  test('C14: OLD is deactivated while NEW is tried: the device gets onto NEW, which works', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const late = denial('iot:Connect')
    const made = whenNewIsMade(trials, device, async ({ certificateId }) => late.refuse(world, certificateId))
    const jobId = await startJob(world, device)
    const newCertificateId = await made
    await inPhase(device, 'check')
    await deactivation.refuse(world, device.old.certificateId)
    await late.accept(world, newCertificateId)
    await expectRotated(world, device, jobId)
    expect(inUse(device)).toBe(newCertificateId)
  })

  test('C14: OLD is deactivated before there is a NEW: nothing is switched, and it goes on when OLD is active again', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const isOff = new Promise<void>((resolve, reject) => {
      trials.meet(passing(device, 'in', '/certificate/create'), () => {
        deactivation.refuse(world, device.old.certificateId).then(resolve, reject)
      })
    })
    const jobId = await startJob(world, device)
    await isOff
    await until(
      'a look at the identity in use',
      () => readFileSync(device.componentLog, 'utf8'),
      log => log.includes('The current identity was tried: mqtt refused'),
    )
    expect(device.phases).not.toContain('install')
    expect((await execution(world, device, jobId)).status).toBe('IN_PROGRESS')
    await deactivation.accept(world, device.old.certificateId)
    await expectRotated(world, device, jobId)
  })
})

/** A fault that takes its time. */
const taking =
  (work: (passage: Passage, deliver: () => void) => Promise<void>): MessageFault =>
  (passage, deliver) =>
    void work(passage, deliver)

/** Every message is lost; something happens with the first one. */
function onFirst(work: (passage: Passage, deliver: () => void) => Promise<void>): MessageFault {
  let isFirst = true
  return (passage, deliver) => {
    if (isFirst) void work(passage, deliver)
    isFirst = false
  }
}

const requestIn = ({ payload }: Passage): CommitRequest => JSON.parse(payload.toString()) as CommitRequest

describe.concurrent('an answer from before the device changed sides', () => {
  test('M21: commit/accepted of an earlier turn arrives after a rollback and has no effect', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const stale = Promise.withResolvers<Passage>()
    const made = whenNewIsMade(trials, device, async () => {})
    trials.meet(
      passing(device, 'out', '/certificate/commit/accepted'),
      taking(async passage => {
        await deactivation.refuse(world, await made)
        stale.resolve(passage)
      }),
    )
    const isConsent = passing(device, 'in', '/certificate/commit')
    trials.meet(
      passage => isConsent(passage) && requestIn(passage).turn === 1,
      taking(async (_passage, deliver) => {
        const { topic, payload } = await stale.promise
        const isDelivered = trials.seen(passing(device, 'out', '/certificate/commit/accepted'))
        trials.tell(topic, payload.toString())
        await isDelivered
        deliver()
      }),
    )
    const jobId = await startJob(world, device)
    expect(JSON.parse((await stale.promise).payload.toString())).toMatchObject({ turn: 0 })
    await expectRolledBack(world, device, jobId, expect)
  })

  test('M21: a consent of an earlier turn arrives after the device went forward again and has no effect', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const held = Promise.withResolvers<() => void>()
    const isCommit = passing(device, 'in', '/certificate/commit')
    const isOfTurn = (turn: number) => (passage: Passage) =>
      isCommit(passage) && requestIn(passage).turn === turn
    const made = whenNewIsMade(trials, device, async () => {})
    const always = Number.POSITIVE_INFINITY
    trials.meet(
      isOfTurn(0),
      onFirst(async () => deactivation.refuse(world, await made)),
      always,
    )
    trials.meet(
      isOfTurn(1),
      onFirst(async (_passage, deliver) => {
        await deactivation.accept(world, await made)
        await deactivation.refuse(world, device.old.certificateId)
        held.resolve(deliver)
      }),
      always,
    )
    const answers: unknown[] = []
    trials.watch(passing(device, 'out', '/certificate/commit/rejected'), ({ payload }) =>
      answers.push(JSON.parse(payload.toString())),
    )
    trials.meet(
      passing(device, 'out', '/certificate/commit/accepted', '"turn":2'),
      taking(async (_passage, deliver) => {
        const isAnswered = trials.seen(passing(device, 'out', '/certificate/commit/rejected'))
        const deliverStale = await held.promise
        deliverStale()
        await isAnswered
        deliver()
      }),
    )
    await expectRotated(world, device, await startJob(world, device))
    expect(answers).toMatchObject([{ code: 'STALE_TURN', turn: 1 }])
    expect(device.phases.filter(phase => ['rollback', 'forward', 'fail'].includes(phase))).toEqual([
      'rollback',
      'forward',
    ])
  })
})
