import { isRetryable } from '@rotator/protocol/rejection-codes'
import { decideCommit } from './commit.ts'
import { decideCreate } from './create.ts'
import type { Decision } from './decision.ts'
import { decideEnded } from './ended.ts'
import type { CommitEvent, CreateEvent, Facts, RecordEvent } from './events.ts'
import type { RotationRecord } from './record.ts'
import { decideRetired } from './retired.ts'

/**
 * Decides what an event means for the record of a thing. Total: every record answers every event.
 *
 * Read the event's execution first, then the record, then decide. Answer a `need` and decide again with the same
 * event. After a lost race read both again.
 */
export function decide(record: RotationRecord, event: RecordEvent, facts: Facts = {}): Decision {
  switch (event.kind) {
    case 'create':
      return inTheWordsOf(event, decideCreate(record, event, facts))
    case 'commit':
      return inTheWordsOf(event, decideCommit(record, event, facts))
    case 'ended':
      return decideEnded(record, event, facts)
    case 'retired':
      return decideRetired(record, event)
  }
}

/** A device of version 1 takes every rejection as final, so what it should ask again is answered with silence. */
function inTheWordsOf({ version }: CreateEvent | CommitEvent, decision: Decision): Decision {
  if (version === 'v2' || decision.kind !== 'decided') return decision
  const { say } = decision
  const mustBeQuiet = say.kind === 'rejected' && isRetryable(say.code)
  return mustBeQuiet ? { ...decision, say: { kind: 'silence' } } : decision
}
