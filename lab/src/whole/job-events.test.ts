import { CreateJobCommand } from '@aws-sdk/client-iot'
import { describe, expect } from 'vitest'
import type { BareDevice } from './bare-device.ts'
import {
  type BareExecution,
  begin,
  certificatesOf,
  commit,
  create,
  expectAtRest,
  fail,
  goOverTo,
  rotateInVain,
  rotateToRest,
  statusOf,
} from './bare-rotation.ts'
import { onTrial } from './begun-rotation.ts'
import { type CloudTrials, test } from './cloud-test.ts'
import { callerOf, functionNames } from './function-calls.ts'
import { watchEvents } from './function-events.ts'
import { cancel, recordOf, until } from './rotation.ts'
import type { World } from './world.ts'

/** A job whose failed executions are tried again, at once. */
async function beginRepeating(world: World, device: BareDevice): Promise<BareExecution> {
  const jobId = `again-${device.thingName}`
  await world.clients.iot.send(
    new CreateJobCommand({
      jobId,
      targets: [device.arn],
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] },
    }),
  )
  await device.report(jobId, 'IN_PROGRESS', { phase: 'ask' })
  return { jobId, executionNumber: 1 }
}

/** Jobs queues it as soon as the one before has failed. */
async function beginAgain(
  device: BareDevice,
  { jobId, executionNumber }: BareExecution,
): Promise<BareExecution> {
  await device.report(jobId, 'IN_PROGRESS', { phase: 'ask' })
  return { jobId, executionNumber: executionNumber + 1 }
}

describe.concurrent('ends of executions', () => {
  test('M15: the end of a failed attempt that is handled after the next one succeeded touches nothing in use', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const events = watchEvents(
      cloud,
      device.thingName,
      (word, text) => word === 'finish' && text.includes('"failed"'),
    )
    const first = await beginRepeating(world, device)
    const abandoned = await create(device, first)
    await fail(device, first)
    const second = await beginAgain(device, first)
    await goOverTo(device, second, await create(device, second))
    await expectAtRest(world, device)
    cloud.fired(events.held)
    expect(events.held).toBeGreaterThan(0)
    events.release()
    await until(
      'the late end',
      () => events.seen.length,
      count => events.seen.some(({ event }) => event.includes('"failed"')) && count > 0,
    )
    await world.cloud.services.functions.settled()
    await expectAtRest(world, device)
    expect(statusOf(world, abandoned.certificateId)).toBe('gone')
    expect(cloud.toldCodes(device).filter(code => code?.endsWith('-kept'))).toEqual([])
  })

  test('M15: every event of a rotation that failed and one that succeeded comes again, and nothing changes', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const events = watchEvents(cloud, device.thingName)
    await rotateInVain(world, device)
    await expectAtRest(world, device)
    await rotateToRest(world, device)
    const [record, told] = [await recordOf(world, device), cloud.toldCodes(device)]
    const ends = events.seen.filter(({ word }) => word === 'finish')
    expect(ends).toHaveLength(2)
    for (const { event } of [...ends, ...ends.toReversed()]) {
      await world.cloud.services.functions.invoke(functionNames.finish, event)
      cloud.fired()
    }
    await expectAtRest(world, device)
    expect(await recordOf(world, device)).toEqual(record)
    expect(cloud.toldCodes(device)).toEqual(told)
    expect(told).toEqual(['old-kept'])
  })

  test('C17: every event and every retirement of two rotations is redriven later, and no certificate in use is touched', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const events = watchEvents(cloud, device.thingName)
    await rotateToRest(world, device)
    await rotateInVain(world, device)
    await expectAtRest(world, device)
    const words = new Set(events.seen.map(({ word }) => word))
    expect([...words].toSorted()).toEqual(['commit', 'create', 'finish', 'retire'])
    const under = await begin(world, device)
    const next = await create(device, under)
    await events.again()
    cloud.fired(events.seen.length)
    expect(certificatesOf(world, device.thingName).active).toEqual(
      expect.arrayContaining([device.identity.certificateId, next.certificateId]),
    )
    await goOverTo(device, under, next)
    await expectAtRest(world, device)
    await events.again()
    await expectAtRest(world, device)
  })

  test('C10: an execution that is tried again while its last attempt is cleaned up succeeds', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const events = watchEvents(cloud, device.thingName, word => word === 'retire')
    const first = await beginRepeating(world, device)
    const abandoned = await create(device, first)
    await fail(device, first)
    await events.holdsOne()
    const second = await beginAgain(device, first)
    const next = await create(device, second)
    expect(statusOf(world, abandoned.certificateId)).toBe('ACTIVE')
    events.release()
    await goOverTo(device, second, next)
    await expectAtRest(world, device)
    cloud.fired(events.held)
    expect(statusOf(world, abandoned.certificateId)).toBe('gone')
  })
})

/** Lets the job be cancelled just before the n-th call that commit makes for a thing. */
function endAtCommitCall(cloud: CloudTrials, device: BareDevice, jobId: string, callNumber: number) {
  const { world } = cloud
  const state = { calls: 0, fired: false }
  cloud.after(
    world.cloud.api.interfere(async call => {
      const isOurs = JSON.stringify(call.params).includes(device.thingName)
      if (!isOurs || callerOf(world, call) !== 'commit') return undefined
      state.calls += 1
      if (state.calls !== callNumber) return undefined
      state.fired = true
      await cancel(world, jobId)
      return undefined
    }),
  )
  return state
}

/** @returns whether the two handlers made so many calls that the execution could end at this one */
async function commitTwice(cloud: CloudTrials, callNumber: number): Promise<boolean> {
  const { world } = cloud
  const { device, old, execution } = await onTrial(cloud)
  const stop = world.cloud.services.functions.interfere(({ functionName, event }) =>
    functionName === functionNames.commit && event.includes(`/${device.thingName}/`)
      ? { kind: 'twice' }
      : undefined,
  )
  const ending = endAtCommitCall(cloud, device, execution.jobId, callNumber)
  const { certificateId } = device.identity
  await device.publish('commit', { ...execution, certificateId, turn: 0 })
  const answers = await until(
    'both answers, or the end of the connection that they come over',
    () => device.answers.filter(({ kind }) => kind === 'commit'),
    ({ length }) => length >= 2 || statusOf(world, certificateId) !== 'ACTIVE',
  )
  stop()
  // The two may give different reasons for the same decision.
  const verdicts = new Set(
    answers.map(({ accepted, reply }) => (accepted ? 'NEW' : staysOnOld(reply['code']))),
  )
  const isOnNew = verdicts.has('NEW')
  expect(verdicts.size).toBeLessThan(2)
  if (!ending.fired) await cancel(world, execution.jobId)
  if (isOnNew) {
    const confirmed = { ...execution, certificateId, turn: 0, confirmed: true }
    expect(await device.ask('commit', confirmed)).toMatchObject({
      accepted: true,
      reply: { confirmed: true },
    })
  } else {
    await device.use(old)
    expect(await commit(device, execution, 1)).toMatchObject({ reply: { code: 'OLD_CERTIFICATE_IN_USE' } })
  }
  await expectAtRest(world, device)
  await until(
    'news of the end',
    () => cloud.toldCodes(device),
    codes => codes.length > 0,
  )
  return ending.fired
}

const staysOnOld = (code: unknown): unknown =>
  code === 'EXECUTION_OVER' || code === 'ABANDONED' ? 'OLD' : code

test('M19: one commit is handled twice at once, and the execution ends at any of its calls: both answers are one decision', async ({
  cloud,
  expect,
}) => {
  let callNumber = 1
  for (; await commitTwice(cloud, callNumber); callNumber += 1) cloud.fired()
  expect(callNumber).toBeGreaterThan(6)
})
