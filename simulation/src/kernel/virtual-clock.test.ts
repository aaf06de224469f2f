import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { VirtualClock } from './virtual-clock.ts'

function ringAll(clock: VirtualClock): void {
  while (clock.next() !== undefined) clock.ring()
}

test('alarms ring in the order of their times, and those of one time in the order in which they were set', () => {
  const chance = new Chance(7)
  const clock = new VirtualClock(1_000)
  const times = Array.from({ length: 500 }, () => chance.below(50))
  const rung: [ms: number, order: number][] = []
  for (const [order, ms] of times.entries()) clock.after(ms, () => rung.push([clock.now() - 1_000, order]))
  ringAll(clock)
  expect(rung).toEqual([...times.entries()].map(([order, ms]) => [ms, order]).sort(byTimeThenOrder))
})

const byTimeThenOrder = ([a = 0, b = 0]: number[], [c = 0, d = 0]: number[]): number => a - c || b - d

test('an alarm that is cancelled does not ring, and does not move the clock', () => {
  const clock = new VirtualClock(0)
  let rung = 0
  const timer = clock.after(5, () => (rung += 1))
  clock.after(9, () => (rung += 10))
  timer.cancel()
  expect(clock.next()).toBe(9)
  ringAll(clock)
  expect([rung, clock.now()]).toEqual([10, 9])
})

test('an alarm may set another one', () => {
  const clock = new VirtualClock(0)
  const rung: number[] = []
  clock.after(3, () => {
    rung.push(clock.now())
    clock.after(0, () => rung.push(clock.now()))
  })
  ringAll(clock)
  expect(rung).toEqual([3, 3])
})
