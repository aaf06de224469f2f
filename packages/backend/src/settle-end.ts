import type { ThingName } from '@rotator/protocol/ids'
import type { EndedEvent } from '@rotator/rotation/record/events'
import { decideAndWrite, type KnownFacts } from './arbitration.ts'
import { type ConsequencePorts, carryOut } from './consequences.ts'
import { decisionFields } from './decision-fields.ts'
import type { Report } from './report.ts'

export interface SettlePorts extends ConsequencePorts {
  report: Report
}

/** Decides the end of an execution, writes what it decides, and carries out what follows. */
export async function settleEnd(
  ports: SettlePorts,
  thing: ThingName,
  ended: EndedEvent,
  known?: KnownFacts,
): Promise<void> {
  const { record, decision, version } = await decideAndWrite(ports, thing, async () => ended, known)
  await carryOut(ports, thing, decision, version)
  const { jobId, executionNumber } = ended.execution
  ports.report({
    level: ended.status === 'SUCCEEDED' ? 'info' : 'warn',
    event: `execution-${ended.status.toLowerCase().replace('_', '-')}`,
    thingName: thing,
    jobId,
    executionNumber,
    code: decision.tell?.kind,
    ...decisionFields(record, decision),
  })
}
