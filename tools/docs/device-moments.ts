import type { Found } from '@rotator/rotation/device/events'
import type { Phase, State } from '@rotator/rotation/device/state'
import { failure, myCsr, newId, oldId, states, strangeId, x } from '@rotator/rotation/device/testing/states'

/** A moment at which power is lost: what the journal holds, and what the next start finds stored. */
export interface Moment {
  when: string
  state: State
  found: Found
}

const found = (changes: Partial<Found>): Found => ({
  current: oldId,
  pending: null,
  previous: null,
  newer: 'current',
  execution: null,
  ...changes,
})

const untouched = found({})
const keyMade = found({ pending: myCsr })
const switched = found({ current: newId, previous: oldId })
/** OLD is current again, and NEW is the later one still. */
const back = found({ previous: newId, newer: 'previous' })
const making = {
  execution: x,
  algorithms: { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' },
  extended: false,
} as const

/** Of every phase: one that is missing here does not compile. */
export const moments: Readonly<Record<Phase, readonly Moment[]>> = {
  idle: [
    { when: 'nothing is under way', state: states.idle, found: untouched },
    {
      when: 'the key for a job is being made, or is made and not journaled',
      state: { ...states.idle, making },
      found: untouched,
    },
    {
      when: 'the journal is lost while NEW is on trial',
      state: states.idle,
      found: { ...switched, execution: x },
    },
    { when: 'the journal is lost after a rollback', state: states.idle, found: { ...back, execution: x } },
    { when: 'the journal is lost before the switch', state: states.idle, found: keyMade },
  ],
  ask: [
    { when: 'before IN_PROGRESS is recorded', state: { ...states.ask, begun: false }, found: keyMade },
    { when: 'a certificate was asked for, answered or not', state: states.ask, found: keyMade },
    { when: 'the disk lost the new key', state: states.ask, found: untouched },
  ],
  check: [
    { when: 'NEW is being checked', state: states.check, found: keyMade },
    { when: 'the disk lost the new key', state: states.check, found: untouched },
  ],
  install: [
    { when: 'before the one rename that switches', state: states.install, found: keyMade },
    { when: 'after it', state: states.install, found: switched },
    { when: 'while it is undone', state: { ...states.install, undo: 'no space' }, found: untouched },
  ],
  restart: [
    { when: 'on the way to NEW', state: states.restart, found: switched },
    { when: 'on the way back to OLD', state: { ...states.restart, failure }, found: back },
  ],
  commit: [
    { when: 'commit was said, answered or not', state: states.commit, found: switched },
    {
      when: 'a final rejection is being weighed',
      state: { ...states.commit, refusal: failure },
      found: switched,
    },
    {
      when: 'OLD is not stored any more',
      state: { ...states.commit, alone: true },
      found: found({ current: newId }),
    },
    {
      when: 'somebody put a third identity in place',
      state: states.commit,
      found: found({ current: strangeId }),
    },
  ],
  finish: [
    { when: 'SUCCEEDED was said, recorded or not', state: states.finish, found: switched },
    {
      when: 'the execution is over, so commit is confirmed',
      state: { ...states.finish, over: true },
      found: switched,
    },
  ],
  rollback: [
    { when: 'before OLD is current again', state: states.rollback, found: switched },
    { when: 'after it', state: states.rollback, found: back },
  ],
  consent: [{ when: 'the record was asked over OLD', state: states.consent, found: back }],
  forward: [
    { when: 'before NEW is current again', state: states.forward, found: back },
    { when: 'after it', state: states.forward, found: switched },
  ],
  fail: [
    { when: 'before IN_PROGRESS is recorded', state: { ...states.fail, begun: false }, found: untouched },
    { when: 'FAILED was said, recorded or not', state: states.fail, found: back },
  ],
  close: [
    { when: 'before or while the others are dropped', state: states.close, found: switched },
    { when: 'after it', state: states.close, found: found({ current: newId }) },
  ],
}
