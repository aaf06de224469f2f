import type { ThingName } from '@rotator/protocol/ids'
import type { EndedEvent } from '@rotator/rotation/record/events'
import { decideAndWrite, type KnownFacts } from './arbitration.ts'
import { type ConsequencePorts, carryOut } from './consequences.ts'
import { decisionFields } from './decision-fields.ts'
import type { Report, ReportLine } from './report.ts'

export interface SettlePorts extends ConsequencePorts {
  report: Report
}

/**
 * Decides the end of an execution, writes what it decides, and carries out what follows.
 *
 * @param said what the device said of it, for the log
 */
export async function settleEnd(
  ports: SettlePorts,
  thing: ThingName,
  ended: EndedEvent,
  said: Pick<ReportLine, 'failureCode'> = {},
  known?: KnownFacts,
): Promise<void> {
  const { record, decision, version } = await decideAndWrite(ports, thing, async () => ended, known)
  await carryOut(ports, thing, decision, version)
  const { jobId, executionNumber } = ended.execution
  const isHeld = record.progress !== 'held' && decision.next?.progress === 'held'
  if (isHeld)
    ports.report({ level: 'warn', event: 'rotation-held', thingName: thing, jobId, executionNumber })
  ports.report({
    level: ended.status === 'SUCCEEDED' ? 'info' : 'warn',
    event: `execution-${ended.status.toLowerCase().replace('_', '-')}`,
    thingName: thing,
    jobId,
    executionNumber,
    code: decision.tell?.kind,
    ...said,
    ...decisionFields(record, decision),
  })
}
