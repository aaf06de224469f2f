import { readFileSync } from 'node:fs'
import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import { watchConnections } from './connections.ts'
import { connectAs } from './device-client.ts'
import { asOfNow, expectRotated, startJob } from './rotation.ts'
import { passing, test } from './trial-test.ts'

describe.concurrent('a restart that goes wrong', () => {
  test.for([
    ['is swallowed is asked for again', 1, []],
    [
      'is swallowed while the component itself starts again is asked for again',
      2,
      [{ when: 'after', effect: 'restart-service', signal: 'SIGKILL' }],
    ],
  ] as const)(
    'D16: a restart that %s, and nothing is committed over the old connection',
    async ([, swallowed, cuts], { world, trials, expect }) => {
      const certificateOf = watchConnections(world)
      const device = await trials.start({ cuts })
      const committedBy = new Set<string | undefined>()
      trials.watch(passing(device, 'in', '/certificate/commit'), passage =>
        committedBy.add(certificateOf(passage)),
      )
      const core = coreControl(device)
      await core.restartFault({ kind: 'swallow', delayMs: 0, times: swallowed })
      await expectRotated(world, device, await startJob(world, device))
      trials.fired(await core.restartFaultsFired())
      expect(await core.restartFaultsFired()).toBe(swallowed)
      expect(world.cutsLeft(device)).toBe(0)
      expect([...committedBy]).toEqual([asOfNow(device).old.certificateId])
      expect(device.phases).not.toContain('rollback')
    },
  )

  test('D16: a commit that arrives over the old connection has no effect, and Greengrass is restarted again', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const old = await connectAs(world, device)
    const answers: unknown[] = []
    const isOwnCommit = passing(device, 'in', '/certificate/commit')
    trials.meet(
      passage => isOwnCommit(passage) && passage.clientId === device.thingName,
      ({ payload }) => {
        void old.ask('commit', payload.toString()).then(answer => answers.push(answer))
      },
    )
    await expectRotated(world, device, await startJob(world, device))
    expect(answers).toMatchObject([{ accepted: false, reply: { code: 'RESTART_PENDING', retryable: true } }])
    expect(device.phases.filter(phase => phase === 'restart')).toHaveLength(2)
    expect(device.phases).not.toContain('rollback')
  })

  test.for([
    ['fails', { kind: 'fail', delayMs: 0, times: 2 }, 'could not be restarted'],
    ['is slow', { kind: 'slow', delayMs: 3_000, times: 1 }, 'Greengrass is restarted'],
  ] as const)(
    'D6: a restart that %s is waited for, told in the log, and the rotation succeeds',
    async ([, fault, told], { world, trials, expect }) => {
      const device = await trials.start()
      const core = coreControl(device)
      await core.restartFault(fault)
      await expectRotated(world, device, await startJob(world, device))
      trials.fired(await core.restartFaultsFired())
      expect(await core.restartFaultsFired()).toBe(fault.times)
      expect(readFileSync(device.componentLog, 'utf8')).toContain(told)
    },
  )
})
