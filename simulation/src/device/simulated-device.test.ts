import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { goodLuck } from '../faults/fault.ts'
import { minuteMs } from '../kernel/durations.ts'
import { play } from '../prove/play.ts'
import { keysNeeded } from '../workers/keys-needed.ts'
import { fillPool } from './key-pool.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

test('what is stored is looked at anew after a power cut, however little is written then', async () => {
  const seen: number[] = []
  const { broken } = await play(
    blueprint,
    {
      name: 'power-cut-at-rest',
      async play(stage) {
        const { device } = stage
        stage.rotate('J1', { retries: 0 })
        await stage.wait(minuteMs)
        seen.push(device.changes)
        device.cut('power-cut')
        seen.push(device.changes)
        await stage.wait(minuteMs)
        expect(device.intention).toBe('idle')
      },
    },
    goodLuck,
  )
  expect(seen[1]).toBeGreaterThan(seen[0] ?? Number.NaN)
  expect(broken).toEqual([])
})

test('a private key that a component quotes is noticed in its log, its messages and its journal', async () => {
  const { broken } = await play(
    blueprint,
    {
      name: 'private-key-as-algorithm',
      async play(stage) {
        stage.rotateBy('{"operation":"ROTATE_CERTIFICATE","keyAlgorithm":"PRIVATE KEY"}')
        await stage.edge('fail-recorded')
      },
    },
    goodLuck,
  )
  expect(broken.toSorted()).toEqual([
    'rule 6: a private key stands in a line of the log',
    'rule 6: a private key stands in a message',
    'rule 6: a private key stands in the journal',
  ])
})
