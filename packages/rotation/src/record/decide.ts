import type { Decision } from './decision.ts'
import type { Facts, RecordEvent } from './events.ts'
import type { RotationRecord } from './record.ts'

export type Decide = (record: RotationRecord, event: RecordEvent, facts: Facts) => Decision
