import { transitions } from '@rotator/rotation/device/transitions'
import { rows } from '@rotator/rotation/record/rows'
import { code, markdownTable, page } from './markdown.ts'

/** The device's phases as a diagram and as a table, from the ids that the machine reports. */
export function devicePhasesPage(): string {
  const all = Object.entries(transitions)
  const ways = new Set(all.map(([, { from, to }]) => `    ${from} --> ${to}`))
  return page(
    "The device's phases",
    'Entering a phase names its effects, and a restart of the component repeats them; so no way back into the same phase is drawn.',
    ['```mermaid', 'stateDiagram-v2', '    [*] --> idle', ...ways, '```'].join('\n'),
    markdownTable(
      ['from', 'when', 'to', 'id'],
      all.map(([id, { from, when, to }]) => [code(from), when, code(to), code(id)]),
    ),
  )
}

/** The record's table in the order in which it is read. */
export function recordTablePage(): string {
  const settings = [
    '    [*] --> created',
    ...new Set(
      Object.values(rows).flatMap(({ from, to }) =>
        progressesIn(from).flatMap(before =>
          progressesIn(to).flatMap(after => (before === after ? [] : [`    ${before} --> ${after}`])),
        ),
      ),
    ),
  ]
  return page(
    'The record of a rotation',
    'The record stands in the named shadow `AWSLabsCertificateRotator` of the thing. Each decision is one write that is conditional on the version of the shadow. The first row that matches decides. P is the certificate that a message came over, X the certificate that a record is settled on, x the execution. "Over": the execution is terminal, gone or unknown.',
    ['```mermaid', 'stateDiagram-v2', ...settings, '```'].join('\n'),
    markdownTable(
      ['from', 'event', 'to', 'consequence', 'row'],
      Object.entries(rows).map(([id, row]) => [row.from, row.event, row.to, row.consequence, code(id)]),
    ),
  )
}

const progresses = ['created', 'committed', 'abandoned', 'held', 'settled']

const progressesIn = (text: string): string[] => progresses.filter(progress => text.includes(progress))
