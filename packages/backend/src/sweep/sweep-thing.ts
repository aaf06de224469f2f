import type { ExecutionId, JobId, ThingName } from '@rotator/protocol/ids'
import { announcement } from '@rotator/rotation/record/announcement'
import type { EndedEvent } from '@rotator/rotation/record/events'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { readRecord, recordedAtMs } from '@rotator/rotation/record/shadow'
import {
  attentionTo,
  dependsOnReporter,
  type EndedExecution,
  endOf,
  endsToDecide,
  type ListedExecution,
  missesOwnEnd,
  type NumberedEnd,
  retiringAnew,
} from '@rotator/rotation/record/sweep'
import { readOwnExecution, writeRecord } from '../arbitration.ts'
import type { StoredRecord } from '../aws/record-store.ts'
import { carryOut, queueForRetirement } from '../consequences.ts'
import { reporterOf } from '../reporter.ts'
import { type SettlePorts, settleEnd } from '../settle-end.ts'
import { endedUntilMs, longestMs, type SweepRun } from './sweep-run.ts'

export interface SweepThingPorts extends SettlePorts {
  /** Between deactivation and deletion. */
  holdSeconds: number
}

/** What is asked of AWS IoT Jobs where a record does not tell enough. */
export interface JobLookup {
  isRotation(jobId: JobId): Promise<boolean>
  listOfThing(thing: ThingName): Promise<readonly ListedExecution[]>
  readDetails(thing: ThingName, execution: ExecutionId): Promise<Readonly<Record<string, unknown>>>
}

/**
 * Makes up for events of one thing that were lost: settles ends that nobody decided, tells what nobody was told, and
 * queues again what still waits to be retired. Harmless where nothing was lost.
 *
 * @param end an end of one of its rotations that was seen; without one the record alone tells whether one is missing
 */
export async function sweepThing(
  ports: SweepThingPorts,
  run: SweepRun,
  jobs: JobLookup,
  thing: ThingName,
  end?: EndedExecution,
): Promise<void> {
  const stored = await ports.records.read(thing)
  const record = readRecord(stored?.reported)
  const ends = await missedEnds(ports, run, jobs, thing, record, end)
  for (const one of ends) await settleEnd(ports, thing, await withReporter(jobs, thing, record, one))
  // What else there is to do is done in a sweep that finds nothing to decide: what was read is still true then.
  if (ends.length > 0) return
  const { tell, afterTelling } = announcement(record)
  if (tell === undefined) await retireAnew(ports, run, thing, record, stored)
  else await carryOut(ports, thing, { queue: [], tell, afterTelling }, stored?.version)
}

async function withReporter(
  jobs: JobLookup,
  thing: ThingName,
  record: RotationRecord,
  end: NumberedEnd,
): Promise<EndedEvent> {
  if (!dependsOnReporter(record, end)) return end
  return { ...end, reporter: reporterOf(await jobs.readDetails(thing, end.execution)) }
}

async function missedEnds(
  ports: SweepThingPorts,
  run: SweepRun,
  jobs: JobLookup,
  thing: ThingName,
  record: RotationRecord,
  end: EndedExecution | undefined,
): Promise<readonly NumberedEnd[]> {
  if (end === undefined) {
    const isMissed = missesOwnEnd(record) && (await readOwnExecution(ports, thing, record)) === 'over'
    return isMissed ? listedEnds(run, jobs, thing, record) : []
  }
  switch (attentionTo(record, end)) {
    case 'none':
      return []
    case 'this-end':
      return [endOf(end)]
    case 'all-ends':
      return unlessItGoesOn(ports, thing, record, await listedEnds(run, jobs, thing, record))
  }
}

/** Lists can be old: what this one lacks was deleted only if AWS IoT Jobs does not know it by its name either. */
async function unlessItGoesOn(
  ports: SweepThingPorts,
  thing: ThingName,
  record: RotationRecord,
  ends: readonly NumberedEnd[],
): Promise<readonly NumberedEnd[]> {
  const others = ends.filter(({ status }) => status !== 'DELETED')
  if (others.length === ends.length) return ends
  return (await readOwnExecution(ports, thing, record)) === 'over' ? ends : others
}

async function listedEnds(
  run: SweepRun,
  jobs: JobLookup,
  thing: ThingName,
  record: RotationRecord,
): Promise<readonly NumberedEnd[]> {
  const sinceMs = Math.max(run.startedAtMs - longestMs, run.deployedAtMs)
  const executions: ListedExecution[] = []
  for (const execution of await jobs.listOfThing(thing)) {
    const isOwnJob = record.progress !== 'none' && record.execution?.jobId === execution.jobId
    const isLate = execution.lastUpdatedAtMs >= sinceMs
    if (isOwnJob || (isLate && (await jobs.isRotation(execution.jobId)))) executions.push(execution)
  }
  return endsToDecide(record, executions, { sinceMs, untilMs: endedUntilMs(run) })
}

/** The record is written as it was: the next sweeps see that its certificates are queued, and since when. */
async function retireAnew(
  ports: SweepThingPorts,
  run: SweepRun,
  thing: ThingName,
  record: RotationRecord,
  stored: StoredRecord | undefined,
): Promise<void> {
  const { retireDelaySeconds, holdSeconds } = ports
  const waitSeconds = 2 * (retireDelaySeconds + holdSeconds) + run.times.graceSeconds
  const certificateIds = retiringAnew(record, {
    recordedAtMs: recordedAtMs(stored?.reported),
    overdueMs: run.startedAtMs - waitSeconds * 1000,
  })
  if (certificateIds.length === 0) return
  await queueForRetirement(ports, thing, certificateIds, 'decided')
  await writeRecord(ports, thing, stored?.version, record)
  ports.report({ level: 'warn', event: 'retirement-queued-again', thingName: thing })
}
