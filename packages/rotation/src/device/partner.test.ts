import { describe, expect, test } from 'vitest'
import { advance } from './advance.ts'
import type { DeviceEvent } from './events.ts'
import type { In, State } from './state.ts'
import {
  bareCommitRejected,
  bareCreateRejected,
  byNew,
  commitAccepted,
  commitRejected,
  createAccepted,
  described,
  timer,
} from './testing/events.ts'
import { follow } from './testing/expected.ts'
import { states } from './testing/states.ts'

const { ask, commit, finish, consent } = states
const bareAccepted = commitAccepted({})
/** A bare answer to each of so many questions. */
const answers = (phase: State['phase'], answer: DeviceEvent, count: number): DeviceEvent[] =>
  Array.from({ length: count }, () => [timer(phase), answer]).flat()

describe('C18: a backend that is put back to version 1 in the middle of a rotation', () => {
  test('is noticed by three bare answers to three questions, which count as no evidence', () => {
    const two = follow(commit, ...answers('commit', bareCommitRejected, 2))
    expect(two.state).toMatchObject({ phase: 'commit', backend: 'v2' })
    const three = follow(two.state, ...answers('commit', bareCommitRejected, 1))
    expect(three.state).toMatchObject({ phase: 'commit', backend: 'v1', repeated: true, refusal: null })
  })

  test('accepts the commit, and is told of the success', () => {
    expect(follow(commit, ...answers('commit', bareAccepted, 3)).state).toMatchObject({
      phase: 'finish',
      backend: 'v1',
    })
  })

  test('leaves the device on NEW where the commit was recorded and the execution is over', () => {
    const asked = follow(commit, ...answers('commit', bareCommitRejected, 3))
    const over = follow(asked.state, described({ status: 'TIMED_OUT' }), bareCommitRejected)
    expect(follow(over.state, timer('commit', 'settle')).edge).toBe('commit-v1-over')
  })

  test('agrees to the way back', () => {
    expect(follow(consent, ...answers('consent', bareCommitRejected, 3)).edge).toBe('consent-to-fail')
  })

  test('knows no confirmation', () => {
    const over: In<'finish'> = { ...finish, over: true }
    expect(follow(over, ...answers('finish', bareCommitRejected, 3)).edge).toBe('finish-v1-over')
  })

  test('refuses a second create', () => {
    expect(follow(ask, ...answers('ask', bareCreateRejected, 3)).edge).toBe('ask-rejected')
  })
})

describe('what is no other backend', () => {
  test.each([
    ['many bare answers to one question', Array.from({ length: 9 }, () => bareCommitRejected)],
    [
      'bare answers with a full one in between',
      [
        ...answers('commit', bareCommitRejected, 2),
        commitRejected({ ...byNew, code: 'TRY_LATER' }),
        ...answers('commit', bareCommitRejected, 2),
      ],
    ],
    [
      'bare answers to another question',
      [...answers('commit', bareCreateRejected, 5), createAccepted({ certificatePem: 'PEM' })],
    ],
  ])('M13: %s', (_what, events) => {
    expect(follow(commit, ...events).state).toMatchObject({ phase: 'commit', backend: 'v2' })
  })

  test('M12: the silence of a phase that asks nothing', () => {
    expect(advance(states.idle, bareCommitRejected).state).toEqual(states.idle)
  })
})
