import { describe } from 'vitest'
import { rejectCommits } from './false-answers.ts'
import { asOfNow, attachedNow, ended, expectRotated, startJob, until } from './rotation.ts'
import { passing, test } from './trial-test.ts'

describe.concurrent('what overlaps', () => {
  test('C11: two rotation jobs for one thing, created at once, are done one after the other', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.make()
    const jobs = [await startJob(world, device), await startJob(world, device)]
    trials.fired()
    const running = trials.run(device)
    for (const jobId of jobs) expect(await ended(world, device, jobId)).toMatchObject({ status: 'SUCCEEDED' })
    await expectRotated(world, device, jobs[1] ?? '')
    const steps = running.phases.filter(phase => ['ask', 'commit', 'close'].includes(phase))
    expect(steps).toEqual(['ask', 'commit', 'close', 'ask', 'commit', 'close'])
  })

  test('C11: a second job that comes while the first is under way waits for it', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const first = await startJob(world, device)
    await trials.seen(passing(device, 'in', '/certificate/commit'))
    const second = await startJob(world, device)
    trials.fired()
    expect(await ended(world, device, first)).toMatchObject({ status: 'SUCCEEDED' })
    const between = asOfNow(device)
    await expectRotated(world, between, second)
  })

  test('M21: an answer to commit that arrives after the device went back has no effect', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.make()
    const late = Promise.withResolvers<() => void>()
    trials.meet(passing(device, 'out', '/certificate/commit/accepted', '"turn":0'), (_passage, deliver) =>
      late.resolve(deliver),
    )
    let asked = 0
    // The device asks again, and is told by somebody else that it must go back.
    rejectCommits(world, device, ({ turn = 0 }) => {
      asked += 1
      return turn === 0 && asked > 1 ? 'ABANDONED' : undefined
    })
    const running = trials.run(device)
    const jobId = await startJob(world, device)
    const answer = await late.promise
    await until(
      'the way back',
      () => running.phases,
      phases => phases.includes('consent'),
    )
    answer()
    expect(await ended(world, device, jobId)).toMatchObject({ status: 'FAILED' })
    expect(running.phases).not.toContain('finish')
    expect(running.phases).not.toContain('forward')
    await until(
      'OLD alone',
      () => attachedNow(world, device),
      ids => ids.join() === device.old.certificateId,
    )
    expect(asOfNow(device).old.certificateId).toBe(device.old.certificateId)
  })
})
