import { expect, test } from 'vitest'
import { FakeTimers } from '../testing/fake-timers.ts'
import { Alarms } from './alarms.ts'
import { Hearing } from './hearing.ts'

function alarmsWith(hearing: Hearing) {
  const timers = new FakeTimers()
  const heard: unknown[] = []
  const alarms = new Alarms(
    timers,
    () => 0.5,
    event => heard.push(event),
    hearing,
  )
  const wait = (meanwhile: () => void): unknown => {
    alarms.arm({ kind: 'arm-timer', name: 'again', phase: 'commit', afterMs: 10, spreadMs: 0 })
    meanwhile()
    timers.advance(10)
    return heard.pop()
  }
  return wait
}

const timer = { kind: 'timer', name: 'again', phase: 'commit' }

test('a timer tells whether anything could be heard all the while', () => {
  const hearing = new Hearing()
  const wait = alarmsWith(hearing)
  // Nothing is subscribed to at the start.
  expect(wait(() => {})).toEqual({ ...timer, deaf: true })
  expect(wait(() => hearing.tell(false))).toEqual({ ...timer, deaf: true })
  expect(wait(() => {})).toEqual(timer)
  expect(wait(() => hearing.tell(false))).toEqual(timer)
  const dropped = (): void => {
    hearing.tell(true)
    hearing.tell(false)
  }
  expect(wait(dropped)).toEqual({ ...timer, deaf: true })
  expect(wait(() => hearing.tell(true))).toEqual({ ...timer, deaf: true })
  expect(wait(() => {})).toEqual({ ...timer, deaf: true })
})
