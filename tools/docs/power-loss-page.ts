import { advance } from '@rotator/rotation/device/advance'
import type { Effect } from '@rotator/rotation/device/effects'
import { onEntry } from '@rotator/rotation/device/on-entry'
import type { ServiceDigest } from '@rotator/rotation/device/state'
import { after, before, manyStates, newId, oldId } from '@rotator/rotation/device/testing/states'
import { type Moment, moments } from './device-moments.ts'
import { orders } from './device-orders.ts'
import { type Deaths, deaths, requireEveryCall } from './function-deaths.ts'
import { code, markdownTable, page } from './markdown.ts'

export function powerLossPage(): string {
  for (const one of deaths) requireEveryCall(one)
  return page(
    'What happens if power is lost here',
    'There is no recovery of its own: entering a phase gives orders, and a start enters the phase of the journal again. The journal is written to a temporary file, synced, renamed, and its folder synced, _before_ any order of the new state is carried out. So a cut leaves the state before or the state after, and every order of either may be given twice. A journal that is torn all the same, or from a newer version, is set aside, and the device derives what it can from what is stored.',
    '## On the device: every phase',
    'The last column is not written by hand: it is what the state machine answers to a start that finds this. OLD and NEW are the identities before and after; after a power cut Greengrass has a new life, which connects with what is configured.',
    markdownTable(
      ['phase', 'power is lost', 'the next start finds: in use', 'also stored', 'and does'],
      Object.entries(moments).flatMap(([phase, all]) => all.map(moment => momentRow(phase, moment))),
    ),
    `If only the component is killed, and Greengrass lives on, it does the same, but for ${differing().join(', ')}: there it asks for the restart again.`,
    '## On the device: every order',
    markdownTable(['order', 'given on entering', 'what a cut before, in or after it leaves'], orderRows()),
    'Timers, and whether updates of components are put off, live in memory alone and are set anew.',
    '## In the cloud: a function dies right after a call',
    'A function may die anywhere, and handle the same event again, at once or a day later. The write of the record is conditional on the version that was read; a lost race is decided again.',
    ...deaths.flatMap(deathParts),
    'Each of these deaths is a test: C2 kills a function at each call, C1 fails each call before and after it took effect, D1 kills the device before and after each order, D2 cuts the power at each operation of its disk; see [the faults](faults.md).',
  )
}

function momentRow(phase: string, moment: Moment): string[] {
  const { when, found } = moment
  const others = [
    found.pending === null ? undefined : 'the new key and its request',
    found.previous === null ? undefined : nameOf(found.previous),
  ].filter(stored => stored !== undefined)
  return [code(phase), when, nameOf(found.current), others.join(', ') || '–', doneAtStart(moment, after)]
}

/** What the machine itself makes of a start at that moment. @param service the life of Greengrass by then */
function doneAtStart({ state, found }: Moment, service: ServiceDigest): string {
  const { state: next, effects } = advance(state, { kind: 'started', found, service })
  const goes = next.phase === state.phase ? [] : [`goes to ${code(next.phase)}`]
  return [...goes, ...effects.flatMap(effect => inWords(effect))].join('; ')
}

function inWords(effect: Effect): string[] {
  const { again } = orders[effect.kind]
  if (again === undefined) return []
  switch (effect.kind) {
    case 'update-job':
      return [`${again}: ${effect.status}`]
    case 'publish-commit': {
      const { certificateId, confirmed } = effect.request
      return [`${again} over ${nameOf(certificateId)}${confirmed === true ? ', `confirmed`' : ''}`]
    }
    default:
      return [again]
  }
}

/** Where it matters whether Greengrass has restarted as well. */
const differing = (): string[] =>
  Object.entries(moments).flatMap(([phase, all]) =>
    all.some(moment => doneAtStart(moment, before) !== doneAtStart(moment, after)) ? [code(phase)] : [],
  )

const nameOf = (id: string | null | undefined): string =>
  id === oldId ? 'OLD' : id === newId ? 'NEW' : 'another'

function orderRows(): string[][] {
  return Object.entries(orders).flatMap(([kind, { cut }]) => {
    const giving = manyStates.filter(state => onEntry(state).some(effect => effect.kind === kind))
    const phases = new Set(giving.map(({ phase }) => code(phase)))
    return cut === undefined ? [] : [[code(kind), [...phases].join(', ') || 'a timer gives it', cut]]
  })
}

const deathParts = ({ title, again, steps }: Deaths): string[] => [
  `### ${title}`,
  again,
  markdownTable(
    ['after', 'calls', 'death leaves', 'made good by'],
    steps.map(({ what, calls, leaves, repeated }) => [what, calls.map(code).join(', '), leaves, repeated]),
  ),
]
