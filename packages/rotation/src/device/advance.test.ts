import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance } from './advance.ts'
import type { DeviceEvent } from './events.ts'
import { freshLive } from './live.ts'
import { onEntry } from './on-entry.ts'
import type { State } from './state.ts'
import { foundOnNew, foundOnOld, manyEvents, started, timer } from './testing/events.ts'
import { brokenRules } from './testing/rules.ts'
import { after, live, manyStates, myCsr, states } from './testing/states.ts'
import { transitions } from './transitions.ts'

describe('the machine is total', () => {
  test('every phase answers every event, keeps the rules, and takes every edge of the table', () => {
    const taken = new Set<string>()
    for (const state of manyStates) {
      for (const event of manyEvents) {
        const step = advance(state, event)
        expect(brokenRules(state, event, step)).toEqual([])
        if (step.edge !== undefined) taken.add(step.edge)
      }
    }
    expect([...taken].sort()).toEqual(Object.keys(transitions).sort())
  })

  test('any order of events keeps the rules', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...manyStates),
        fc.array(fc.constantFrom(...manyEvents), { maxLength: 40 }),
        (first, events) => {
          let state = first
          for (const event of events) {
            const step = advance(state, event)
            expect(brokenRules(state, event, step)).toEqual([])
            state = step.state
          }
        },
      ),
      { numRuns: 300, seed: 20_261_124 },
    )
  })

  test('a step changes neither the state nor the event that it is given', () => {
    for (const state of manyStates) {
      const copy = structuredClone(state)
      for (const event of manyEvents) advance(state, event)
      expect(state).toEqual(copy)
    }
  })
})

describe('a restart of the component', () => {
  const expectedFound = (state: State) => {
    if (state.phase === 'rollback' || state.phase === 'consent') return foundOnOld
    if ('turn' in state) return 'failure' in state && state.failure !== null ? foundOnOld : foundOnNew
    return { ...foundOnOld, previous: null, pending: state.phase === 'idle' ? null : myCsr }
  }

  test('D1: repeats what the phase had set in motion, once or twice', () => {
    let repeated = 0
    for (const state of manyStates) {
      if (state.phase === 'restart' && state.service !== state.before) continue
      if (state.phase === 'idle' && state.leftover !== null) continue
      const event = started(expectedFound(state))
      const once = advance(state, event)
      const twice = advance(once.state, event)
      expect(once.edge).toBeUndefined()
      expect(once.effects).toEqual(onEntry(once.state))
      expect(twice).toEqual(once)
      repeated += 1
    }
    expect(repeated).toBeGreaterThan(30)
  })

  test('begins all counters of waiting anew, and remembers the life of Greengrass', () => {
    const state = { ...states.fail, live: live({ attempt: 5, silentMs: 90_000, look: 'waiting' }) }
    expect(advance(state, started(foundOnOld, after)).state).toEqual({ ...states.fail, service: after })
  })
})

describe('timers', () => {
  test('one of another phase is stale and ignored', () => {
    expect(advance(states.commit, timer('consent'))).toEqual({ state: states.commit, effects: [] })
  })
})

describe('a message', () => {
  const silence = live({ silentMs: 400_000, evidence: 2 })
  const noise: DeviceEvent = {
    kind: 'job-not-described',
    jobId: 'theirs',
    rejection: { code: 'InvalidTopic' },
  }

  test("M12: another job's reply shows at least that Greengrass is connected", () => {
    for (const phase of ['commit', 'finish', 'consent'] as const) {
      const state: State = { ...states[phase], restarts: 2, live: silence }
      expect(advance(state, noise).state).toEqual({ ...state, live: freshLive })
    }
    for (const phase of ['idle', 'ask', 'fail'] as const) {
      const state: State = { ...states[phase], restarts: 2, live: silence }
      expect(advance(state, noise).state).toEqual({ ...state, restarts: 0, live: freshLive })
    }
    for (const phase of ['check', 'install', 'restart', 'rollback', 'forward', 'close'] as const) {
      const state: State = { ...states[phase], restarts: 2, live: silence }
      expect(advance(state, noise).state).toEqual({
        ...state,
        live: { ...silence, silentMs: 0, listenedMs: 0 },
      })
    }
  })

  test('an outcome of the device itself shows nothing of the connection', () => {
    const state: State = { ...states.commit, live: silence }
    expect(advance(state, { kind: 'installed' }).state).toEqual(state)
  })
})
