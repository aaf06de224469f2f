import { existsSync, readFileSync } from 'node:fs'
import { describe } from 'vitest'
import { journaledPhase } from './journal-file.ts'
import { asOfNow, execution, expectRotated, startJob, until } from './rotation.ts'
import { test } from './trial-test.ts'

const yearMs = 365 * 24 * 3_600_000

describe.concurrent('a clock that is wrong by years', () => {
  test.for([
    ['behind', -10 * yearMs],
    ['ahead', 40 * yearMs],
  ] as const)(
    'D8: that is %s: the certificate is judged when the time is plausible again',
    async ([, offsetMs], { world, trials, expect }) => {
      const device = await trials.make()
      world.jumpClock(device, offsetMs)
      trials.fired()
      const running = trials.run(device)
      const jobId = await startJob(world, device)
      const log = () => (existsSync(device.componentLog) ? readFileSync(device.componentLog, 'utf8') : '')
      const judgements = () => log().match(/Check the time of the device/gu)?.length ?? 0
      await until('a second judgement', judgements, times => times > 1)
      expect([journaledPhase(device), (await execution(world, device, jobId)).status]).toEqual([
        'check',
        'IN_PROGRESS',
      ])
      expect(asOfNow(device).old.certificateId).toBe(device.old.certificateId)
      world.jumpClock(device, 0)
      await expectRotated(world, device, jobId)
      expect(running.phases).not.toContain('fail')
    },
  )
})
