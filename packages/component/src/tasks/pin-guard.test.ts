import { expect, test } from 'vitest'
import { Secret } from '../secret.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { fired } from '../testing/fired.ts'
import { pinGuard } from './pin-guard.ts'

const minuteMs = 60_000
const access = new Secret('slot 7, PIN 8492')
const reason = 'The PIN is wrong.'

test('D13: a PIN that never worked is refused for good, until the settings change', ({ task }) => {
  const timers = new FakeTimers()
  const guard = pinGuard(timers)
  guard.admit(access)
  guard.failed('HSM_PIN_REFUSED', reason)
  timers.advance(7 * 24 * 60 * minuteMs)
  expect(() => guard.admit(new Secret(access.reveal()))).toThrow(
    /^The PIN is wrong\. The PIN is not tried again/u,
  )
  guard.admit(new Secret('slot 7, PIN 9999'))
  fired(task)
})

test('D13: a PIN that worked before is tried once after 10 minutes, and then every hour', ({ task }) => {
  const timers = new FakeTimers()
  const guard = pinGuard(timers)
  guard.admit(access)
  guard.worked()
  for (const minutes of [10, 60, 60]) {
    guard.admit(access)
    guard.failed('HSM_PIN_REFUSED', reason)
    timers.advance(minutes * minuteMs - 1)
    expect(() => guard.admit(access)).toThrow(/has worked before.*after 10 minutes/u)
    timers.advance(1)
    fired(task)
  }
  guard.admit(access)
  guard.worked()
  guard.admit(access)
  guard.failed('HSM_PIN_REFUSED', reason)
  timers.advance(10 * minuteMs)
  guard.admit(access)
})

test('D13: a login that failed as if the PIN were right is tried once after half a minute, after 10 minutes, and every hour', ({
  task,
}) => {
  const timers = new FakeTimers()
  const guard = pinGuard(timers)
  for (const minutes of [0.5, 10, 60, 60]) {
    guard.admit(access)
    guard.failed('HSM_LOGIN_FAILED', 'The device is busy.')
    timers.advance(minutes * minuteMs - 1)
    expect(() => guard.admit(access)).toThrow(/^The device is busy\. The login is tried again after half/u)
    timers.advance(1)
    fired(task)
  }
  guard.admit(access)
  guard.failed('HSM_PIN_REFUSED', reason)
  timers.advance(7 * 24 * 60 * minuteMs)
  expect(() => guard.admit(access)).toThrow(/not tried again/u)
})

test('what is remembered of settings is not held against others', () => {
  const timers = new FakeTimers()
  const guard = pinGuard(timers)
  guard.admit(access)
  guard.worked()
  guard.failed('HSM_PIN_REFUSED', reason)
  const others = new Secret('slot 7, PIN 9999')
  guard.admit(others)
  guard.failed('HSM_PIN_REFUSED', reason)
  timers.advance(10 * minuteMs)
  expect(() => guard.admit(others)).toThrow(/not tried again/u)
})
