import type { Mutant } from './mutant.ts'

/** Rows of the record's table that are missing or wrong. */
export const recordMutants: readonly Mutant[] = [
  {
    name: 'commit-not-repeatable',
    breaks: 'A commit is accepted once; the same again is rejected.',
    edits: [
      {
        file: 'rotation/src/record/commit.ts',
        find: `: decided('commit: NEW again', { say: accepted(event) })`,
        replace: `: decided('commit: NEW again', { say: rejected('OTHER_EXECUTION') })`,
      },
    ],
  },
  {
    name: 'old-loses-to-new',
    breaks: 'Once NEW was committed, the word of OLD that the device went back does not count.',
    edits: [
      {
        file: 'rotation/src/record/commit.ts',
        find: `  if (record.progress === 'abandoned') return decided('commit: abandoned', { say: oldInUse })`,
        replace: `  if (record.progress === 'committed') return decided('commit: settled on the other', { say: rejected('NEW_CERTIFICATE_KEPT') })
  if (record.progress === 'abandoned') return decided('commit: abandoned', { say: oldInUse })`,
      },
    ],
  },
  {
    name: 'retire-at-committed',
    breaks: 'OLD is retired as soon as NEW is committed, before SUCCEEDED is recorded.',
    edits: [
      {
        file: 'rotation/src/record/commit.ts',
        find: `      return decided('commit: NEW works', {
        next: { ...record, execution, progress: 'committed' },`,
        replace: `      return decided('commit: NEW works', {
        next: settleOn({ ...record, execution }, 'new'),
        queue: [record.oldCertificateId],`,
      },
    ],
  },
  {
    name: 'no-tombstone',
    breaks: 'The end of an execution that no certificate was made for leaves no trace in the record.',
    edits: [
      {
        file: 'rotation/src/record/ended.ts',
        find: `  const next = tombstone(record, execution)
`,
        replace: `  if (execution !== undefined) return loggedOnly(record, event)
  const next = tombstone(record, execution)
`,
      },
    ],
  },
  {
    name: 'second-csr-wins',
    breaks: 'Another request of the same execution replaces the certificate that is on trial.',
    edits: [
      {
        file: 'rotation/src/record/create.ts',
        find: `  const create = { ...event, execution }
`,
        replace: `  const create = { ...event, execution }
  if (isOpen(record) && isOf(record, execution) && record.csrDigest !== create.csrDigest) {
    const { oldCertificateId, newCertificateId } = record
    const other = create.principal === oldCertificateId ? newCertificateId : oldCertificateId
    return begins('create: either begins anew', record, create, facts, [other])
  }
`,
      },
    ],
  },
  {
    name: 'execution-number-ignored',
    breaks: 'Two executions of one job are taken for the same.',
    edits: [
      {
        file: 'protocol/src/ids.ts',
        find: `a.jobId === b.jobId && a.executionNumber === b.executionNumber`,
        replace: `a.jobId === b.jobId`,
      },
    ],
  },
  {
    name: 'no-turn',
    breaks: 'What a device said before it changed sides counts like what it said after.',
    edits: [
      {
        file: 'rotation/src/record/commit.ts',
        find: `isOwn && event.turn < record.turn`,
        replace: `isOwn && event.turn < 0`,
      },
      {
        file: 'rotation/src/record/commit.ts',
        find: `isOwn && event.turn > record.turn`,
        replace: `isOwn && event.turn < 0`,
      },
    ],
  },
  {
    name: 'end-of-committed-settles-old',
    breaks:
      'A committed rotation whose execution fails or times out is settled on OLD without asking the device.',
    edits: [
      {
        file: 'rotation/src/record/ended.ts',
        find: `  return record.progress === 'committed' ? endOfCommitted(own, event) : endOfUncommitted(own, event)`,
        replace: `  return record.progress === 'committed' && event.status === 'SUCCEEDED'
    ? endOfCommitted(own, event)
    : endOfUncommitted(own, event)`,
      },
    ],
  },
  {
    name: 'retire-ignores-record',
    breaks: 'Whatever is queued is retired without a look at the record.',
    edits: [
      {
        file: 'rotation/src/record/may-retire.ts',
        find: `  if (record.progress === 'none') return { retire: false, because: 'no-record' }`,
        replace: `  if (wasNeverAttached || !wasNeverAttached) return { retire: true }
  if (record.progress === 'none') return { retire: false, because: 'no-record' }`,
      },
    ],
  },
]
