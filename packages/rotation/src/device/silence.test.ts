import { describe, expect, test } from 'vitest'
import { advance } from './advance.ts'
import type { DeviceEvent } from './events.ts'
import type { State } from './state.ts'
import { compared, timer } from './testing/events.ts'
import { follow } from './testing/expected.ts'
import { states } from './testing/states.ts'

const deaf = (phase: State['phase'], name: 'again' | 'look' = 'again') => ({
  ...timer(phase, name),
  deaf: true,
})
const times = (count: number, ...events: DeviceEvent[]): DeviceEvent[] =>
  Array.from({ length: count }, () => events).flat()
const kinds = (state: State, ...events: DeviceEvent[]): string[] =>
  events.reduce<{ state: State; kinds: string[] }>(
    (so, event) => {
      const step = advance(so.state, event)
      return { state: step.state, kinds: [...so.kinds, ...step.effects.map(({ kind }) => kind)] }
    },
    { state, kinds: [] },
  ).kinds

describe('a component that cannot hear', () => {
  test('D12: never restarts Greengrass for its silence while it has one identity', () => {
    for (const phase of ['idle', 'ask', 'fail'] as const) {
      const long = kinds(states[phase], ...times(300, deaf(phase)))
      expect(long).not.toContain('probe-current')
      expect(long).not.toContain('restart-service')
    }
  })

  test.each(['commit', 'finish', 'consent'] as const)(
    'D12: looks in the phase %s, and neither restarts nor changes sides for its silence',
    phase => {
      for (const outcome of ['accepted', 'impossible'] as const) {
        const look = [deaf(phase), compared(outcome, outcome), deaf(phase, 'look')]
        const long = kinds(states[phase], ...times(200, ...look))
        expect(long).toContain('compare')
        expect(long).not.toContain('restart-service')
        expect(follow(states[phase], ...times(200, ...look)).state.phase).toBe(phase)
      }
    },
  )

  test('D7: goes back all the same when the endpoint refuses NEW and accepts OLD', () => {
    const look = [compared('refused', 'accepted'), deaf('commit', 'look')]
    const back = follow(states.commit, ...times(10, deaf('commit')), ...times(3, ...look))
    expect(back.state.phase).toBe('rollback')
  })

  test('begins to listen anew once it can hear again', () => {
    const before = times(300, deaf('idle'))
    expect(follow(states.idle, ...before, ...times(2, timer('idle'))).state.live.listenedMs).toBe(480_000)
    expect(kinds(states.idle, ...before, ...times(3, timer('idle')))).toContain('probe-current')
  })
})
