import { readJobEvent } from '@rotator/backend/finish-rotation/job-event'
import {
  type CertificateId,
  certificateIdSchema,
  csrDigestSchema,
  type ExecutionId,
  jobIdSchema,
} from '@rotator/protocol/ids'
import { brokenByWrite, type Violation } from '@rotator/rotation/invariants'
import type { RecordEvent } from '@rotator/rotation/record/events'
import { isOf } from '@rotator/rotation/record/execution'
import type { RotationRecord } from '@rotator/rotation/record/record'
import * as v from 'valibot'
import type { FunctionLife } from '../cloud/function-host.ts'
import type { EndedAttempt } from './execution-ledger.ts'

interface Write {
  before: RotationRecord
  /** What may have been decided: a batch has several reasons, and a sweep finds its own. */
  reasons: readonly RecordEvent[]
}

/** Holds every write of a record against the event that the function was called for. */
export class RecordWrites {
  readonly #pending = new Map<string, Write>()

  /** As a function's write takes effect. @param ended of the thing */
  begin(thing: string, before: RotationRecord, life: FunctionLife, ended: readonly EndedAttempt[]): void {
    const reasons = reasonsOf(life, before, ended)
    const earlier = this.#pending.get(thing)
    this.#pending.set(thing, {
      before: earlier?.before ?? before,
      reasons: [...(earlier?.reasons ?? []), ...reasons],
    })
  }

  /**
   * The execution that a create or a commit, and so a device, has brought into the record; to be asked before {@link end}.
   * The record itself does not show who did: a sweep brings in what it only remembers the end of.
   */
  spokenFor(thing: string, after: RotationRecord): ExecutionId | undefined {
    const write = this.#pending.get(thing)
    if (write === undefined || after.progress === 'none' || after.execution === undefined) return undefined
    const isByDevice = write.reasons.some(({ kind }) => kind === 'create' || kind === 'commit')
    return isByDevice && !isOf(write.before, after.execution) ? after.execution : undefined
  }

  /** @returns what is broken where no reason allows what was written; the reasons are only asked about once */
  end(thing: string, after: RotationRecord): Violation[] {
    const write = this.#pending.get(thing)
    this.#pending.delete(thing)
    if (write === undefined) return []
    const broken = write.reasons.map(reason => brokenByWrite(write.before, reason, after))
    return broken.some(one => one.length === 0) ? [] : (broken[0] ?? [])
  }
}

const requestSchema = v.object({
  principal: certificateIdSchema,
  jobId: v.optional(jobIdSchema, 'unknown'),
  confirmed: v.optional(v.boolean(), false),
  alone: v.optional(v.boolean(), false),
})
const batchSchema = v.object({ Records: v.array(v.object({ body: v.string() })) })
const retirementSchema = v.object({ certificateId: certificateIdSchema })

function reasonsOf(
  { functionName, event }: FunctionLife,
  before: RotationRecord,
  ended: readonly EndedAttempt[],
): RecordEvent[] {
  switch (functionName) {
    case 'create':
    case 'commit':
      return [requestOf(functionName, event)]
    case 'finish':
      return [readJobEvent(event).ended]
    case 'retire':
      return v.parse(batchSchema, event).Records.map(({ body }) => retiredBy(body))
    default:
      return endsFor(before, ended)
  }
}

/** No rule asks for it. */
const anyDigest = v.parse(csrDigestSchema, '0'.repeat(64))

function requestOf(kind: 'create' | 'commit', event: unknown): RecordEvent {
  const { principal, jobId, confirmed, alone } = v.parse(requestSchema, event)
  const execution = { jobId: v.parse(jobIdSchema, jobId), executionNumber: undefined }
  const asked = { principal, version: 'v2', execution, view: 'unclear' } as const
  return kind === 'create'
    ? { kind, ...asked, csrDigest: anyDigest }
    : { kind, ...asked, certificateId: undefined, turn: 0, confirmed, alone }
}

function retiredBy(body: string): RecordEvent {
  const certificateId: CertificateId = v.parse(retirementSchema, JSON.parse(body)).certificateId
  return { kind: 'retired', certificateId }
}

/** A sweep acts on ends that it finds, or on executions that it finds no more. */
function endsFor(before: RotationRecord, ended: readonly EndedAttempt[]): RecordEvent[] {
  const execution = before.progress === 'none' ? undefined : before.execution
  if (execution === undefined) return []
  const found = ended.filter(
    one => one.jobId === execution.jobId && one.executionNumber === execution.executionNumber,
  )
  const statuses = [...found.map(({ status }) => status), ...(found.length === 0 ? ['DELETED' as const] : [])]
  return statuses.map(status => ({ kind: 'ended', execution, status }))
}
