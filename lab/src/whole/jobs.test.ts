import { describe } from 'vitest'
import {
  attachedNow,
  cancel,
  ended,
  execution,
  expectRotated,
  otherJob,
  startJob,
  until,
  updateAsOtherProgram,
} from './rotation.ts'
import { lose, passing, test } from './trial-test.ts'

describe.concurrent('jobs', () => {
  test('M8: a lost SUCCEEDED is repeated until it is recorded', async ({ world, trials }) => {
    const device = await trials.start()
    trials.meet(passing(device, 'in', '/update', 'SUCCEEDED'), lose)
    await expectRotated(world, device, await startJob(world, device))
  })

  test('M9: a lost FAILED is repeated until it is recorded', async ({ world, trials, expect }) => {
    const device = await trials.start()
    trials.meet(passing(device, 'in', '/update', 'FAILED'), lose)
    const jobId = await otherJob(world, device, { operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'RSA-512' })
    expect(await ended(world, device, jobId)).toMatchObject({
      status: 'FAILED',
      statusDetails: {
        failureCode: 'ALGORITHM_NOT_ALLOWED',
        DeviceFailureReason: expect.stringContaining(
          'keyAlgorithm "RSA-512" is unknown. Use one of RSA-2048',
        ),
      },
    })
    expect(device.phases).not.toContain('ask')
  })

  test('M10: an IN_PROGRESS that is throttled is repeated', async ({ world, trials, expect }) => {
    const device = await trials.start()
    const throttled = world.cloud.services.jobs.faults.refuse(
      new RegExp(`/${device.thingName}/jobs/.*/update$`),
      'RequestThrottled',
      1,
    )
    await expectRotated(world, device, await startJob(world, device))
    trials.fired(throttled.fired)
    expect(throttled.fired).toBe(1)
  })

  test('M11: a job whose notification is missed is found by polling', async ({ world, trials }) => {
    const device = await trials.start()
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    trials.meet(passing(device, 'out', '/jobs/notify-next'), lose, Number.POSITIVE_INFINITY)
    await expectRotated(world, device, await startJob(world, device))
  })

  test("M12: another program's job at the head of the queue is left alone, and its messages are not ours", async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    const theirs = await otherJob(world, device, { operation: 'REBOOT' })
    const ours = await startJob(world, device)
    const theirMessages = trials.watch(passing(device, 'out', '', theirs))
    await updateAsOtherProgram(world, device, theirs, 'IN_PROGRESS')
    const jobs = `$aws/things/${device.thingName}/jobs`
    const execution1 = {
      jobId: theirs,
      status: 'IN_PROGRESS',
      executionNumber: 1,
      jobDocument: { operation: 'REBOOT' },
    }
    trials.tell(`${jobs}/${theirs}/get/accepted`, { execution: execution1 })
    trials.tell(`${jobs}/notify-next`, { execution: execution1 })
    trials.tell(`${jobs}/${theirs}/update/accepted`, { timestamp: 1, jobId: theirs })
    trials.tell(`${jobs}/${theirs}/update/rejected`, { code: 'InvalidStateTransition', message: theirs })
    await until(
      'the other messages',
      () => theirMessages.count,
      count => count >= 4,
    )
    trials.fired(theirMessages.count)
    expect((await execution(world, device, ours)).status).toBe('QUEUED')
    expect(device.phases.filter(phase => phase !== 'idle')).toEqual([])
    await updateAsOtherProgram(world, device, theirs, 'SUCCEEDED')
    await expectRotated(world, device, ours)
    expect((await execution(world, device, theirs)).statusDetails).toEqual({})
  })

  test('M17: a create that is handled after its execution ended leaves no certificate and no answer', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const held = Promise.withResolvers<() => void>()
    trials.meet(passing(device, 'in', '/certificate/create'), (_passage, deliver) => held.resolve(deliver))
    const answered = trials.watch(passing(device, 'out', '/certificate/create/accepted'))
    const jobId = await startJob(world, device)
    const deliver = await held.promise
    await cancel(world, jobId)
    await until(
      'the end of the rotation',
      () => device.phases.at(-1),
      phase => phase === 'idle',
    )
    const refused = trials.seen(passing(device, 'out', '/certificate/create/rejected'))
    deliver()
    expect(JSON.parse((await refused).payload.toString())).toMatchObject({
      code: 'EXECUTION_NOT_IN_PROGRESS',
    })
    expect(answered.count).toBe(0)
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
    await expectRotated(world, device, await startJob(world, device))
  })
})
