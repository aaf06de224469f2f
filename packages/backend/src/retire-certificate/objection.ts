import { mayRetire, type RetireVerdict } from '@rotator/rotation/record/may-retire'
import type { RotationRecord } from '@rotator/rotation/record/record'
import type { Registry } from '../aws/registry.ts'
import type { Revoke } from '../issuers/revocation.ts'
import type { Retirement } from './retirement.ts'

interface Looker {
  registry: Pick<Registry, 'listCertificates' | 'readCertificate'>
  /** Undefined where no authority hears of it. */
  revoke: Revoke | undefined
}

export type Objection =
  | Extract<RetireVerdict, { retire: false }>['because']
  | 'attached'
  | 'not-of-thing'
  | 'active-again'

/** Objections that the operators hear of; each is the code of its notification. */
export const reasonsToTell: Readonly<Partial<Record<Objection, string>>> = {
  'no-record': 'the record of the rotation is gone',
  'not-of-thing': 'it is active and not attached to this thing',
  'active-again': 'somebody has made it active again since it was deactivated',
}

/** @returns why the certificate must stay; undefined where it may go */
export async function objectionTo(
  looker: Looker,
  retirement: Retirement,
  record: RotationRecord,
): Promise<Objection | undefined> {
  const { registry } = looker
  const { thingName, certificateId, why, step } = retirement
  const verdict = mayRetire(record, certificateId, why === 'never-attached')
  if (!verdict.retire) return verdict.because
  if (isLeftToRefusal(looker, retirement)) return undefined
  // What is deleted was looked at when it was deactivated. That can be undone by hand, and then a person has decided.
  if (step === 'delete' && (await registry.readCertificate(certificateId))?.active === true)
    return 'active-again'
  if (why === 'decided' && step === 'delete') return undefined
  const attached = await registry.listCertificates(thingName)
  const isAttached = attached.some(one => one.certificateId === certificateId)
  // A message can lie in a dead-letter queue for days: what the thing has by then is not never attached.
  if (why === 'never-attached') return isAttached ? 'attached' : undefined
  if (isAttached) return undefined
  // A device whose policy lets it can write its own record, and name in it whatever certificate it wants to see gone.
  // What is inactive was deactivated here before, or does nothing.
  const certificate = await registry.readCertificate(certificateId)
  return certificate?.active === true ? 'not-of-thing' : undefined
}

/**
 * AWS IoT deletes nothing that is active or attached. After the hold it is asked at once, and only what it refuses is
 * looked at; but who revokes, which cannot be undone, looks first.
 */
export const isLeftToRefusal = (
  { revoke }: Pick<Looker, 'revoke'>,
  { why, step, attempt }: Retirement,
): boolean => why === 'decided' && step === 'delete' && attempt === 0 && revoke === undefined
