import { expect, test } from 'vitest'
import { RestartWatch } from './restarts.ts'

test('a device that asks in another life of Greengrass has seen a restart', () => {
  const watch = new RestartWatch()
  expect(watch.atEdge('dev1', 'install-to-restart', 1)).toEqual([])
  expect(watch.atEdge('dev1', 'restart-to-commit', 2)).toEqual([])
})

test('a device that asks in the same life has not', () => {
  const watch = new RestartWatch()
  watch.atEdge('dev1', 'rollback-to-restart', 3)
  watch.atEdge('dev2', 'rollback-to-restart', 1)
  expect(watch.atEdge('dev1', 'restart-to-consent', 3)).toEqual([
    { rule: 3, problem: 'the device took Greengrass for restarted, and it was not' },
  ])
})

test('leaving the wait for another reason needs no restart', () => {
  const watch = new RestartWatch()
  watch.atEdge('dev1', 'install-to-restart', 1)
  expect(watch.atEdge('dev1', 'restart-by-hand', 1)).toEqual([])
})
