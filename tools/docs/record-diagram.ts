import { rows } from '@rotator/rotation/record/rows'
import { code, diagram, markdownTable, page } from './markdown.ts'

const progresses = ['none', 'created', 'committed', 'abandoned', 'held', 'settled'] as const

/** What a row's words "from" mean where they name no progress. */
const words: Readonly<Record<string, readonly string[]>> = {
  any: progresses,
  'any but none': progresses.slice(1),
  // Such a record notes an end, and says of the certificates as little as none.
  'none, settled without a kept certificate': ['none'],
}

/** The record's table in the order in which it is read, and what of it changes the progress. */
export function recordTablePage(): string {
  const changes = Object.entries(rows).flatMap(([id, { from, to }]) =>
    progressesAfter(to).flatMap(after =>
      progressesBefore(from).flatMap(before => (isChange(before, after) ? [{ id, before, after }] : [])),
    ),
  )
  const arrows = Map.groupBy(changes, ({ before, after }) => `${before} --> ${after}`)
  return page(
    'The record of a rotation',
    'The record stands in the named shadow `AWSLabsCertificateRotator` of the thing. Each decision is one write that is conditional on the version of the shadow. The first row that matches decides. P is the certificate that a message came over, X the certificate that a record is settled on, x the execution. "Over": the execution is terminal, gone or unknown.',
    diagram(
      'stateDiagram-v2',
      '    state "settled on OLD" as settledOld',
      '    state "settled on NEW" as settledNew',
      '    [*] --> none',
      ...[...arrows].map(
        ([arrow, same]) => `    ${arrow} : ${same.map(({ id }) => labelOf(id)).join('<br/>or ')}`,
      ),
    ),
    'Drawn are the rows that change the progress; an arrow carries the names of its rows. What is settled is left by the next rotation, or on the word of a device that has nothing but NEW. A tombstone, which notes the end of an execution without a certificate, leaves the certificates as they were and is not drawn.',
    markdownTable(
      ['from', 'event', 'to', 'consequence', 'row'],
      Object.entries(rows).map(([id, row]) => [row.from, row.event, row.to, row.consequence, code(id)]),
    ),
  )
}

/** @throws for words that name no progress, so that no row is left out in silence */
function progressesBefore(from: string): readonly string[] {
  const named = words[from] ?? progresses.filter(progress => from.includes(progress))
  if (named.length === 0)
    throw new Error(`A row of the record's table is from "${from}", which is no progress.`)
  return named.flatMap(progress => (progress === 'settled' ? ['settledOld', 'settledNew'] : [progress]))
}

function progressesAfter(to: string): readonly string[] {
  if (to.includes('tombstone')) return []
  if (to.startsWith('settled on OLD')) return ['settledOld']
  if (to.startsWith('settled on')) return ['settledNew']
  return progresses.filter(progress => progress !== 'none' && to.startsWith(progress))
}

/** A rotation that begins anew makes another record, though its progress has the same name. */
const isChange = (before: string, after: string): boolean => before !== after || after === 'created'

const labelOf = (id: string): string => id.replace(': ', ', ').replaceAll(';', ',')
