import type { CertificateId } from '@rotator/protocol/ids'
import { decided, need, notice, rejected } from './answers.ts'
import type { Decided, Need } from './decision.ts'
import type { AttachedPrincipals, CreateEvent } from './events.ts'
import { knownCertificates, type RotationRecord } from './record.ts'

/**
 * Whether the thing's certificates allow a rotation to begin.
 *
 * A good first look is enough, so that a rotation costs one list. Lists can be stale: what would be refused for
 * good is looked at twice.
 *
 * @returns undefined where nothing stands in the way.
 */
export function objectionToAttached(
  record: RotationRecord,
  event: CreateEvent,
  attached: AttachedPrincipals | undefined,
): Decided | Need | undefined {
  if (attached === undefined) return need('attached-principals')
  const objection = notProperlyAttached(event, attached) ?? strangersBeside(record, event, attached)
  return objection !== undefined && attached.look === 'first' ? need('attached-principals-again') : objection
}

/**
 * The same for a certificate that the record does not name: it must be alone, seen at the second look, so that a
 * list which lacks the certificate in use cannot retire it.
 */
export function objectionToStranger(
  record: RotationRecord,
  event: CreateEvent,
  attached: AttachedPrincipals | undefined,
): Decided | Need | undefined {
  if (attached === undefined) return need('attached-principals')
  if (attached.look === 'first') return need('attached-principals-again')
  const objection = notProperlyAttached(event, attached) ?? strangersBeside(record, event, attached)
  if (objection !== undefined) return objection
  if (attached.principals.every(({ certificateId }) => certificateId === event.principal)) return undefined
  return record.progress === 'settled' ? notTheKept() : unknownAttached(record, event, [event.principal])
}

export const notTheKept = (): Decided =>
  decided('create: not the kept certificate', { say: rejected('NOT_THE_KEPT_CERTIFICATE') })

function notProperlyAttached({ principal }: CreateEvent, attached: AttachedPrincipals): Decided | undefined {
  const own = attached.principals.find(({ certificateId }) => certificateId === principal)
  if (own === undefined) return decided('create: not attached', { say: rejected('NOT_ATTACHED') })
  if (!own.exclusive) return decided('create: not exclusive', { say: rejected('NOT_EXCLUSIVE') })
  return undefined
}

/** P itself is named too where the record does not know it: the operators have to choose between them. */
function strangersBeside(
  record: RotationRecord,
  event: CreateEvent,
  attached: AttachedPrincipals,
): Decided | undefined {
  const known = new Set(knownCertificates(record))
  const unknown = attached.principals.map(({ certificateId }) => certificateId).filter(id => !known.has(id))
  const beside = unknown.some(id => id !== event.principal)
  return beside ? unknownAttached(record, event, unknown) : undefined
}

function unknownAttached(
  record: RotationRecord,
  { execution }: CreateEvent,
  certificateIds: CertificateId[],
): Decided {
  return decided('create: unknown certificate attached', {
    say: rejected('UNKNOWN_CERTIFICATE_ATTACHED', certificateIds),
    tell: notice('unknown-certificate', { execution, certificateIds }, record),
  })
}
