import { createRows } from './create-rows.ts'
import type { Row } from './row.ts'

/**
 * The table of the record, in the order in which it is read: the first row that matches decides.
 *
 * P is the certificate that the message came over, X the certificate that a record is settled on, x the
 * execution, "over" an execution that is terminal, gone or unknown. "Goes" means: written into `retiring` with the
 * decision, then all of `retiring` is queued. What a version 1 device's create leaves behind waits in `superseded`.
 */
export const rows = {
  ...createRows,
  'commit: settled on P': {
    from: 'settled on X',
    event: 'commit by X, whatever its x',
    to: '–',
    consequence: 'accepted if X is NEW, OLD_CERTIFICATE_IN_USE if it is OLD; `retiring` is queued again',
  },
  'commit: stale turn': {
    from: 'any but none',
    event: "commit with the record's x and a lower turn",
    to: '–',
    consequence: 'retryable STALE_TURN',
  },
  'commit: higher turn': {
    from: 'created, committed, abandoned, held',
    event: "commit with the record's x and a higher turn",
    to: 'as a row below says',
    consequence: 'always a write: the turn is recorded with the decision of the row below',
  },
  'commit: over another connection': {
    from: 'any',
    event: 'commit whose certificateId is not P',
    to: '–',
    consequence: 'retryable RESTART_PENDING',
  },
  'commit: NEW works': {
    from: 'created',
    event: "commit by NEW with the record's x, IN_PROGRESS",
    to: 'committed',
    consequence: 'accepted',
  },
  'commit: NEW came too late': {
    from: 'created',
    event: "commit by NEW with the record's x, over",
    to: 'abandoned',
    consequence: 'final EXECUTION_OVER',
  },
  'commit: execution unclear': {
    from: 'created',
    event: "commit by NEW with the record's x, which could not be read",
    to: '–',
    consequence: 'retryable TRY_LATER',
  },
  'commit: NEW is all that is left': {
    from: 'created, abandoned, settled on OLD',
    event:
      "commit by NEW, `alone`, with the record's x (created: x is not IN_PROGRESS; settled: NEW is still to be retired)",
    to: 'held',
    consequence: 'accepted; NEW does not go, the operators are told',
  },
  'commit: NEW is confirmed': {
    from: 'committed, held',
    event: 'commit by NEW, `confirmed`',
    to: 'settled on NEW',
    consequence: 'accepted with `confirmed`; OLD goes',
  },
  'commit: NEW again': {
    from: 'committed, held',
    event: 'commit by NEW',
    to: '–',
    consequence: 'accepted, again and again',
  },
  'commit: OLD is back': {
    from: 'created, committed',
    event: "commit by OLD with the record's x (of a version 1 device: from created only)",
    to: 'abandoned',
    consequence: 'final OLD_CERTIFICATE_IN_USE',
  },
  'commit: version 1 is back on OLD': {
    from: 'committed',
    event: "commit by OLD with the record's x, of a version 1 device",
    to: 'held',
    consequence: 'final OLD_CERTIFICATE_IN_USE; the operators are told that both stay',
  },
  'commit: OLD decides what was held': {
    from: 'held',
    event: "commit by OLD with the record's x (never of a version 1 device)",
    to: 'settled on OLD',
    consequence: 'final OLD_CERTIFICATE_IN_USE; NEW goes',
  },
  'commit: abandoned': {
    from: 'abandoned',
    event: 'commit by OLD or NEW',
    to: '–',
    consequence: 'final: to OLD OLD_CERTIFICATE_IN_USE, to NEW ABANDONED',
  },
  'commit: settled on the other': {
    from: 'settled on X',
    event: "commit by the other of OLD and NEW with the record's x, or with any where that is a tombstone's",
    to: '–',
    consequence: 'final: NEW_CERTIFICATE_KEPT if X is NEW, ABANDONED if it is OLD',
  },
  'commit: P alone without a record': {
    from: 'none, settled without a kept certificate',
    event: 'commit by P, and P alone is attached',
    to: 'settled on P (as NEW)',
    consequence: 'accepted',
  },
  'commit: several without a record': {
    from: 'none, settled without a kept certificate',
    event: 'commit by P, and P is not alone',
    to: '–',
    consequence: 'retryable NO_RECORD; the operators are told once what to choose from',
  },
  'commit: another execution': {
    from: 'any',
    event: 'any other commit',
    to: '–',
    consequence: 'final OTHER_EXECUTION',
  },
  'ended: without success, OLD stays': {
    from: 'created, abandoned',
    event:
      'x ended, not SUCCEEDED (made by version 1: FAILED only; by version 2: not where version 1 reported it)',
    to: 'settled on OLD',
    consequence: 'NEW goes, the operators are told',
  },
  'ended: version 1 left it open': {
    from: 'created, abandoned',
    event:
      'made by version 1: x ended REJECTED, TIMED_OUT, CANCELED, REMOVED, or was deleted; made by version 2: a component of version 1 reported FAILED',
    to: 'held',
    consequence: 'the operators are told that both stay',
  },
  'ended: SUCCEEDED without a commit': {
    from: 'created, abandoned',
    event: 'x SUCCEEDED',
    to: 'held',
    consequence: 'the operators are told that both stay',
  },
  'ended: SUCCEEDED': {
    from: 'committed',
    event: 'x SUCCEEDED',
    to: 'settled on NEW',
    consequence: 'OLD goes',
  },
  'ended: committed without success': {
    from: 'committed',
    event: 'x ended otherwise',
    to: 'held',
    consequence: 'the operators are told that both stay',
  },
  'ended: again': {
    from: 'held, settled',
    event: 'the same end again, also as deleted',
    to: '–',
    consequence: '`retiring` is queued again; the operators are told if they were not',
  },
  'ended: tombstone': {
    from: 'none, settled',
    event: 'another x ended, numbered and not noted before',
    to: 'settled (tombstone of that x)',
    consequence: 'the certificates stay as they are; told if not SUCCEEDED, and always from none',
  },
  'ended: another execution': {
    from: 'any',
    event: 'any other end',
    to: '–',
    consequence: 'logged; told if not SUCCEEDED',
  },
  retired: {
    from: 'any',
    event: 'a certificate of `retiring` is retired',
    to: 'as before',
    consequence: 'its id leaves `retiring`',
  },
  'retired: unknown': {
    from: 'any',
    event: 'another certificate is retired',
    to: '–',
    consequence: 'nothing',
  },
} as const satisfies Record<string, Row>

export type RowId = keyof typeof rows
