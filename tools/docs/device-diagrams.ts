import { type EdgeId, transitions } from '@rotator/rotation/device/transitions'
import { code, diagram, markdownTable, page } from './markdown.ts'

/** The edges by what they tell; each group is a diagram of its own, because all in one cannot be read. */
const groups = {
  good: 'The good way',
  early: 'Trouble before anything was switched',
  back: 'After the switch: back to OLD, and forward to NEW again',
  again: 'The connection is still the one from before: once more',
  found: 'A component that starts and finds an unfinished rotation, or somebody put other files in place',
  v1: 'With a backend of version 1',
} as const
type Group = keyof typeof groups

const groupOf: Readonly<Record<string, Group>> = {
  'idle-to-ask': 'good',
  'idle-to-fail': 'early',
  'idle-adopts': 'found',
  'idle-found-switch': 'found',
  'idle-found-remains': 'found',
  'ask-to-check': 'good',
  'ask-rejected': 'early',
  'ask-key-lost': 'early',
  'ask-unusable': 'early',
  'ask-over': 'early',
  'check-to-install': 'good',
  'check-refused': 'early',
  'check-unusable': 'early',
  'check-key-lost': 'early',
  'check-over': 'early',
  'install-to-restart': 'good',
  'install-undone': 'early',
  'install-by-hand': 'found',
  'restart-to-commit': 'good',
  'restart-to-consent': 'back',
  'restart-found-old': 'found',
  'restart-found-new': 'found',
  'restart-by-hand': 'found',
  'commit-to-finish': 'good',
  'commit-settled': 'found',
  'commit-restart-pending': 'again',
  'commit-not-connected': 'again',
  'commit-rejected': 'back',
  'commit-refused': 'back',
  'commit-question': 'back',
  'commit-found-old': 'found',
  'commit-by-hand': 'found',
  'commit-no-way-back': 'back',
  'commit-v1-over': 'v1',
  'finish-recorded': 'good',
  'finish-v1-over': 'v1',
  'finish-restart-pending': 'again',
  'finish-rejected': 'back',
  'finish-refused': 'back',
  'finish-found-old': 'found',
  'finish-by-hand': 'found',
  'rollback-to-restart': 'back',
  'rollback-lost': 'back',
  'rollback-by-hand': 'found',
  'consent-to-fail': 'back',
  'consent-settled': 'found',
  'consent-new-kept': 'back',
  'consent-refused': 'back',
  'consent-question': 'back',
  'consent-restart-pending': 'again',
  'consent-not-connected': 'again',
  'consent-found-new': 'found',
  'consent-no-way-forward': 'back',
  'consent-by-hand': 'found',
  'forward-to-restart': 'back',
  'forward-lost': 'back',
  'forward-by-hand': 'found',
  'fail-recorded': 'back',
  'fail-unread': 'early',
  'close-to-idle': 'good',
  'close-kept': 'early',
} satisfies Record<EdgeId, Group>

/** The device's phases as diagrams and as a table, from the ids that the machine reports. */
export function devicePhasesPage(): string {
  const all = Object.entries(transitions)
  const drawn = Object.entries(groups).flatMap(([group, title]) => [
    `## ${title}`,
    drawing(all.flatMap(([id, edge]) => (groupOf[id] === group ? [edge] : []))),
  ])
  return page(
    "The device's phases",
    'Entering a phase names its effects, and a restart of the component repeats them; so no way back into the same phase is drawn. OLD and NEW are the identities before and after. What each phase says and hears stands in [the protocol](../protocol.md), what it repeats after a power cut [here](power-loss.md).',
    ...drawn,
    '## Every edge',
    markdownTable(
      ['from', 'when', 'to', 'id'],
      all.map(([id, { from, when, to }]) => [code(from), when, code(to), code(id)]),
    ),
  )
}

/** One arrow for all edges between the same two phases. */
function drawing(edges: readonly { from: string; when: string; to: string }[]): string {
  const arrows = Map.groupBy(edges, ({ from, to }) => `${from} --> ${to}`)
  const lines = [...arrows].map(([arrow, same]) => {
    const label = same.map(({ when }) => when).join('<br/>or ')
    return `    ${arrow} : ${label}`
  })
  return diagram('stateDiagram-v2', ...lines)
}
