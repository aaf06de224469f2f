import { expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

test('work begins when what came before it has ended, well or not, and keeps its own end', async () => {
  const queue = oneAtATime()
  const told: string[] = []
  let fail: (reason: Error) => void = () => {}
  const first = queue(async () => {
    told.push('first begins')
    await new Promise<void>((_resolve, reject) => {
      fail = reject
    })
  })
  const second = queue(async () => {
    told.push('second begins')
    return 2
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(told).toEqual(['first begins'])
  fail(new Error('broken'))
  await expect(first).rejects.toThrow('broken')
  expect(await second).toBe(2)
  expect(told).toEqual(['first begins', 'second begins'])
})
