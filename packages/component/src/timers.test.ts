import { expect, test } from 'vitest'
import { systemTimers } from './timers.ts'

test('an alarm rings once, a cancelled one never', async () => {
  const rung: string[] = []
  const cancel = systemTimers.after(0, () => rung.push('cancelled'))
  cancel()
  await new Promise<void>(resolve => {
    systemTimers.after(1, resolve)
  })
  expect(rung).toEqual([])
  expect(systemTimers.now()).toBeGreaterThan(1_700_000_000_000)
})
