import { expect, test } from 'vitest'
import { advance } from './advance.ts'
import { compareBoth } from './silence.ts'
import type { State } from './state.ts'
import { compared, nextJob, timer } from './testing/events.ts'
import { follow, type Row, stays } from './testing/expected.ts'
import { live, newId, oldId, states } from './testing/states.ts'
import { armTimer } from './timers.ts'
import { lookAgainMs } from './times.ts'

const onNew = { side: 'new', oldCertificateId: oldId, newCertificateId: newId } as const
const onOld = { ...onNew, side: 'old' } as const
const idle = (leftover: typeof onNew | typeof onOld | null, changes = {}): State => ({
  ...states.idle,
  leftover,
  live: live({ silentMs: 600_000, listenedMs: 600_000, ...changes }),
})
const probed = (outcome: 'accepted' | 'refused') => ({ kind: 'current-probed', outcome }) as const
const lookLater = armTimer('idle', 'look', lookAgainMs)
const toOld = { kind: 'roll-back', current: oldId, previous: newId } as const
const toNew = { kind: 'roll-forward', current: newId, previous: oldId } as const

test.each<Row>([
  [
    'D15: with two identities and no job, a refusal is a reason to compare them',
    idle(onNew, { look: 'probing' }),
    probed('refused'),
    stays(idle(onNew, { look: 'probing' }), compareBoth),
  ],
  [
    'with one identity there is nothing to compare',
    idle(null, { look: 'probing' }),
    probed('refused'),
    stays(idle(null, { look: 'off' })),
  ],
  [
    'one refusal decides nothing',
    idle(onNew, { look: 'probing' }),
    compared('refused', 'accepted'),
    stays(idle(onNew, { look: 'waiting', evidence: 1 }), lookLater),
  ],
  [
    'D15: the third in a row leads to the other side',
    idle(onNew, { look: 'probing', evidence: 2 }),
    compared('refused', 'accepted'),
    stays(idle(onNew, { look: 'off', evidence: 3 }), toOld),
  ],
  [
    'to NEW as well as to OLD',
    idle(onOld, { look: 'probing', evidence: 2 }),
    compared('refused', 'accepted'),
    stays(idle(onOld, { look: 'off', evidence: 3 }), toNew),
  ],
  [
    'D4: an endpoint that cannot be reached refuses nobody',
    idle(onNew, { look: 'probing', evidence: 2 }),
    compared('refused', 'unreachable'),
    stays(idle(onNew, { look: 'off', evidence: 0 })),
  ],
  [
    'a comparison that comes when something was heard is void',
    idle(onNew, { silentMs: 0, look: 'probing', evidence: 2 }),
    compared('refused', 'accepted'),
    stays(idle(onNew, { silentMs: 0, look: 'off', evidence: 3 })),
  ],
  [
    'after a pause it looks again',
    idle(onNew, { look: 'waiting', evidence: 1 }),
    timer('idle', 'look'),
    stays(idle(onNew, { look: 'probing', evidence: 1 }), compareBoth),
  ],
  [
    'but not where something was heard meanwhile',
    idle(onNew, { silentMs: 0, look: 'waiting', evidence: 0 }),
    timer('idle', 'look'),
    stays(idle(onNew, { silentMs: 0, look: 'off', evidence: 0 })),
  ],
  [
    'a comparison without a second identity means nothing',
    idle(null),
    compared('refused', 'accepted'),
    stays(idle(null)),
  ],
  ['nor does a change of sides', idle(null), { kind: 'rolled-back' }, stays(idle(null))],
])('%s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

test.each([
  [onNew, 'rolled-back', 'old'],
  [onOld, 'rolled-forward', 'new'],
] as const)(
  'Greengrass is restarted on the other side, and a later job settles which one stays',
  (leftover, kind, side) => {
    const { state, effects, edge } = follow(idle(leftover), { kind })
    expect(state).toMatchObject({ phase: 'idle', leftover: { ...leftover, side }, restarts: 1 })
    expect(effects).toEqual([{ kind: 'restart-service' }])
    expect(edge).toBeUndefined()
  },
)

test('what is heard takes the evidence away', () => {
  expect(follow(idle(onNew, { evidence: 2 }), nextJob(undefined)).state.live).toMatchObject({
    evidence: 0,
    silentMs: 0,
  })
})
