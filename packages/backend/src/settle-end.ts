import type { ThingName } from '@rotator/protocol/ids'
import type { EndedEvent } from '@rotator/rotation/record/events'
import { decideAndWrite, type KnownFacts, type Standing } from './arbitration.ts'
import { type ConsequencePorts, carryOut } from './consequences.ts'

/** Decides the end of an execution, writes what it decides, and carries out what follows. */
export async function settleEnd(
  ports: ConsequencePorts,
  thing: ThingName,
  ended: EndedEvent,
  known?: KnownFacts,
): Promise<Standing> {
  const standing = await decideAndWrite(ports, thing, async () => ended, known)
  await carryOut(ports, thing, standing.decision, standing.version)
  return standing
}
