import type { ExecutionId, ThingName } from '@rotator/protocol/ids'
import { decide } from '@rotator/rotation/record/decide'
import type { Decided, Issue, Need } from '@rotator/rotation/record/decision'
import type { CreateEvent, ExecutionView, Facts, RecordEvent } from '@rotator/rotation/record/events'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { readRecord, writeRecord as recordUpdate } from '@rotator/rotation/record/shadow'
import type { Executions } from './aws/executions.ts'
import type { RecordStore } from './aws/record-store.ts'
import type { Registry } from './aws/registry.ts'
import { viewOf } from './execution-view.ts'

/** Ports that a decision may need. */
export interface ArbiterPorts {
  records: RecordStore
  executions: Executions
  registry: Pick<Registry, 'listCertificates'>
  /** Milliseconds since 1970. */
  now: () => number
  pause: (ms: number) => Promise<void>
}

/** A decision, the record that it was made on, and that record's version; undefined where there is no shadow yet. */
export interface Arbitration {
  record: RotationRecord
  version: number | undefined
  decision: Decided | Issue
}

/** Time between a first look at the thing's certificates and the second, because lists can be old. */
export const secondLookMs = 3_000
/** Races that a handler may lose before it leaves the event to its repeat. */
export const mostRaces = 8

/** Facts that an event itself brings, so that they cost no call. */
export type KnownFacts = (record: RotationRecord) => Facts

/** Reads the record and decides, with what else the decision asks to know. */
export async function arbitrate(
  ports: ArbiterPorts,
  thing: ThingName,
  event: RecordEvent,
  known?: KnownFacts,
): Promise<Arbitration> {
  const stored = await ports.records.read(thing)
  const record = readRecord(stored?.reported)
  let facts = known?.(record)
  let decision = decide(record, event, facts)
  while (decision.kind === 'need') {
    facts = { ...facts, ...(await readFact(ports, thing, record, decision)) }
    decision = decide(record, event, facts)
  }
  return { record, version: stored?.version, decision }
}

async function readFact(
  ports: ArbiterPorts,
  thing: ThingName,
  record: RotationRecord,
  need: Need,
): Promise<Facts> {
  switch (need.fact) {
    case 'record-execution':
      return { recordExecution: await readOwnExecution(ports, thing, record) }
    case 'event-execution':
      return { eventExecution: await readView(ports, thing, need.execution) }
    case 'attached-principals':
      return { attached: { look: 'first', principals: await ports.registry.listCertificates(thing) } }
    case 'attached-principals-again':
      await ports.pause(secondLookMs)
      return { attached: { look: 'second', principals: await ports.registry.listCertificates(thing) } }
  }
}

/** An execution that nobody can name any more counts as over. */
export async function readOwnExecution(
  { executions }: Pick<ArbiterPorts, 'executions'>,
  thing: ThingName,
  record: RotationRecord,
): Promise<ExecutionView> {
  if (record.progress === 'none' || record.execution === undefined) return 'over'
  return readView({ executions }, thing, record.execution)
}

const readView = async (
  { executions }: Pick<ArbiterPorts, 'executions'>,
  thing: ThingName,
  { jobId, executionNumber }: ExecutionId,
): Promise<ExecutionView> => viewOf(await executions.read(thing, jobId, executionNumber))

/**
 * Writes a record if nobody wrote since it was decided.
 *
 * @param version undefined where there was no shadow
 * @returns the new version
 */
export async function writeRecord(
  ports: Pick<ArbiterPorts, 'records' | 'now'>,
  thing: ThingName,
  version: number | undefined,
  next: RotationRecord,
): Promise<number | 'lost'> {
  const known = version ?? (await makeShadow(ports, thing))
  if (known === 'lost') return 'lost'
  return ports.records.write(thing, recordUpdate(next, new Date(ports.now()).toISOString()), known)
}

/**
 * Makes a shadow that holds no record, so that there is a version which a write can be conditional on.
 *
 * @returns that version; `lost` where a record was written meanwhile
 */
export async function makeShadow(
  { records }: Pick<ArbiterPorts, 'records'>,
  thing: ThingName,
): Promise<number | 'lost'> {
  await records.mark(thing)
  const stored = await records.read(thing)
  const isUntouched = readRecord(stored?.reported).progress === 'none'
  return isUntouched ? (stored?.version ?? 'lost') : 'lost'
}

/** A decision that stands: what it changes is written. */
export interface Standing {
  /** The record that it was made on. */
  record: RotationRecord
  decision: Decided
  /** The version that the record has since; undefined where there is no shadow. */
  version: number | undefined
}

/**
 * Decides an event that orders nothing to be issued, until a decision stands.
 *
 * @param eventOf gives the event for a race, the first is 0; what it holds of an execution is read before the record
 */
export async function decideAndWrite(
  ports: ArbiterPorts,
  thing: ThingName,
  eventOf: (race: number) => Promise<Exclude<RecordEvent, CreateEvent>>,
  known?: KnownFacts,
): Promise<Standing> {
  for (let race = 0; race < mostRaces; race += 1) {
    const { record, decision, version } = await arbitrate(ports, thing, await eventOf(race), known)
    if (decision.kind === 'issue') throw new Error(`only a create is answered by an order to issue`)
    if (decision.next === undefined) return { record, decision, version }
    const written = await writeRecord(ports, thing, version, decision.next)
    if (written !== 'lost') return { record, decision, version: written }
  }
  throw new RacesLost(thing)
}

/** The record changed under every attempt to write it. The event may be handled again. */
export class RacesLost extends Error {
  override name = 'RacesLost'
  /** Told as a throttling is: it may work later. */
  readonly $metadata = { httpStatusCode: 503 }

  constructor(thing: ThingName) {
    super(`the record of ${thing} was written by others ${mostRaces} times in a row; the event comes again`)
  }
}
