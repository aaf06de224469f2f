import { describe } from 'vitest'
import { expectRotated, startJob } from './rotation.ts'
import { lose, passing, test } from './trial-test.ts'

describe.concurrent('a lost message', () => {
  test.for([
    ['M1: a lost create is asked again', 'in', '/certificate/create', ''],
    ['M2: a lost answer to create is answered again', 'out', '/certificate/create/accepted', ''],
    ['M5: a lost commit is asked again', 'in', '/certificate/commit', ''],
    ['M10: a lost IN_PROGRESS is repeated', 'in', '/update', 'IN_PROGRESS'],
  ] as const)(
    '%s, and the rotation succeeds',
    async ([, direction, topicEnd, text], { world, trials, expect }) => {
      const device = await trials.start()
      trials.meet(passing(device, direction, topicEnd, text), lose)
      await expectRotated(world, device, await startJob(world, device))
      expect(device.phases).not.toContain('rollback')
    },
  )
})
