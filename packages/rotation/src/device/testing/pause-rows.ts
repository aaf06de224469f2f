import type { In } from '../state.ts'
import { compared, timer } from './events.ts'
import { type Row, stays } from './expected.ts'
import { live } from './states.ts'

/** Between two comparisons there is a pause in which none counts; every phase that compares keeps it alike. */
export function pauseRows(state: In<'commit' | 'consent' | 'finish'>): Row[] {
  const looking = { ...state, live: live({ look: 'probing', silentMs: 60_000 }) }
  const paused = { ...state, live: live({ look: 'waiting', silentMs: 60_000 }) }
  const heard = { ...state, live: live({ look: 'waiting' }) }
  const over = timer(state.phase, 'look')
  const refused = compared('refused', 'accepted')
  return [
    [
      'heard meanwhile: the comparison is void',
      { ...state, live: live({ look: 'probing' }) },
      refused,
      stays(state),
    ],
    ['a comparison in the pause counts not', paused, refused, stays(paused)],
    [
      'looks again after the pause',
      paused,
      over,
      stays(looking, { kind: 'compare', reference: 'previous', trial: 'current' }),
    ],
    ['heard in the pause: looks no more', heard, over, stays(state)],
    ['a pause from before', looking, over, stays(looking)],
  ]
}
