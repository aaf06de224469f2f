import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { Decided } from '@rotator/rotation/record/decision'
import { type ArbiterPorts, writeRecord } from './arbitration.ts'
import type { Operators } from './aws/operators.ts'
import { longestDelaySeconds, type Retirements } from './aws/retirements.ts'
import { notificationOf } from './notices/notice-text.ts'

/** Ports for what follows from a decision. */
export interface ConsequencePorts extends ArbiterPorts {
  retirements: Retirements
  operators: Operators
  /** Between the decision that a certificate goes and its deactivation. */
  retireDelaySeconds: number
}

/**
 * What follows from a decision that is written and said: certificates queued for retirement, operators told, and
 * only then noted that they were.
 */
export async function carryOut(
  ports: ConsequencePorts,
  thing: ThingName,
  { queue, tell, afterTelling }: Pick<Decided, 'queue' | 'tell' | 'afterTelling'>,
  version: number | undefined,
): Promise<void> {
  await queueForRetirement(ports, thing, queue, 'decided')
  if (tell !== undefined) await ports.operators.tell(notificationOf(thing, tell))
  if (afterTelling !== undefined) await writeRecord(ports, thing, version, afterTelling)
}

/** @param why `never-attached`: it was issued by a create that lost its race, and no record names it */
export async function queueForRetirement(
  {
    retirements,
    now,
    retireDelaySeconds,
  }: Pick<ConsequencePorts, 'retirements' | 'now' | 'retireDelaySeconds'>,
  thing: ThingName,
  certificateIds: readonly CertificateId[],
  why: 'decided' | 'never-attached',
): Promise<void> {
  const notBeforeMs = now() + retireDelaySeconds * 1000
  await retirements.add(
    certificateIds.map(certificateId => ({
      thingName: thing,
      certificateId,
      why,
      step: 'deactivate',
      notBeforeMs,
      attempt: 0,
    })),
    Math.min(retireDelaySeconds, longestDelaySeconds),
  )
}
