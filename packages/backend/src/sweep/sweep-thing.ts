import type { ThingName } from '@rotator/protocol/ids'
import type { EndedEvent } from '@rotator/rotation/record/events'
import { readRecord } from '@rotator/rotation/record/shadow'
import { sweepDuties } from '@rotator/rotation/record/sweep'
import { type ConsequencePorts, queueForRetirement } from '../consequences.ts'
import { settleEnd } from '../settle-end.ts'

/**
 * Makes up for events of one thing that were lost: settles ends that nobody decided, tells what nobody was told, and
 * queues again what is still to be retired. Harmless where nothing was lost.
 *
 * @param ended the thing's rotation executions that ended lately, numbered, oldest first
 */
export async function sweepThing(
  ports: ConsequencePorts,
  thing: ThingName,
  ended: readonly EndedEvent[],
): Promise<void> {
  const stored = await ports.records.read(thing)
  const duties = sweepDuties(readRecord(stored?.reported), ended)
  for (const end of duties.ended) await settleEnd(ports, thing, end)
  await queueForRetirement(ports, thing, duties.queue, 'decided')
}
