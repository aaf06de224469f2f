import type { CertificateId } from '@rotator/protocol/ids'
import type { HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import type { ObjectHandle } from './token.ts'

/** How a private key gets another label: by changing it, or by a copy of the key. */
export type Way = 'relabel' | 'copy'

export type Step =
  | { kind: 'create-certificate'; certificate: HeldCertificate; label: string; id: string }
  | { kind: 'relabel-key'; key: HeldKey; label: string; id: string }
  | { kind: 'copy-key'; key: HeldKey; label: string; id: string }
  | { kind: 'destroy'; handle: ObjectHandle }

/**
 * The steps after which the identity of certificate `goal` is the one, and the only one, under the current label.
 *
 * What is there before every step is enough to take the rest of the way, or to go back: first the certificate in use is
 * put down once more under the previous label, then its key leaves the current label (by relabelling, or with a copy
 * first), then its certificate, then comes the goal's certificate, and its key last. So after a cut the certificate under the
 * current label says whose key belongs there; where there is none, the two identities lie whole in other slots. A
 * certificate is created and destroyed, not moved: its bytes are no secret, and every token can do that.
 *
 * A stranger's key under the current label must have been refused before.
 *
 * @returns undefined where the goal's certificate, or a key that has just signed for it, is not there.
 */
export function planPlacement(
  { certificates, keys }: Holdings,
  { current, previous }: Labels,
  goal: CertificateId,
  way: Way,
): Step[] | undefined {
  const isGoal = (certificate: HeldCertificate): boolean => certificate.certificateId === goal
  const isOfGoal = (key: HeldKey): boolean => key.proves.includes(goal)
  const isCurrent = ({ label }: { label: string }): boolean => label === current
  const [certificate, ...otherCertificates] = currentFirst(certificates.filter(isGoal), isCurrent)
  const [key, ...otherKeys] = currentFirst(keys.filter(isOfGoal), isCurrent)
  if (certificate === undefined || key === undefined) return undefined

  const strangeCertificates = certificates.filter(held => isCurrent(held) && !isGoal(held))
  const strangeKeys = keys.filter(held => isCurrent(held) && !isOfGoal(held))
  const id = isCurrent(certificate) ? certificate.id : key.id
  return [
    ...strangeCertificates
      .filter(held => held.facts !== undefined && !hasTwinCertificate(held, certificates))
      .map((held): Step => ({ kind: 'create-certificate', certificate: held, label: previous, id: held.id })),
    ...strangeKeys.flatMap(held => away(held, keys, previous, way)),
    ...[...strangeCertificates, ...otherCertificates.filter(isCurrent)].map(destroy),
    ...(isCurrent(certificate)
      ? []
      : [{ kind: 'create-certificate', certificate, label: current, id } as const]),
    ...otherKeys.filter(isCurrent).map(destroy),
    ...(isCurrent(key) ? [] : arrive(key, current, id, way)),
    ...[...otherKeys, ...otherCertificates].filter(held => !isCurrent(held)).map(destroy),
    ...(isCurrent(certificate) ? [] : [destroy(certificate)]),
  ]
}

const currentFirst = <H>(held: H[], isCurrent: (one: H) => boolean): H[] =>
  held.toSorted((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)))

const destroy = ({ handle }: { handle: ObjectHandle }): Step => ({ kind: 'destroy', handle })

const hasTwinCertificate = (
  { certificateId, label }: HeldCertificate,
  certificates: readonly HeldCertificate[],
): boolean => certificates.some(other => other.certificateId === certificateId && other.label !== label)

/**
 * A key leaves the current label. One that has signed for the same certificate elsewhere is the same key. One of no
 * certificate is NEW's whose certificate version 1 has destroyed already: nobody can connect with it any more.
 */
function away(key: HeldKey, keys: readonly HeldKey[], label: string, way: Way): Step[] {
  const hasTwin = keys.some(
    other => other.label !== key.label && other.proves.some(proven => key.proves.includes(proven)),
  )
  if (hasTwin || key.proves.length === 0) return [destroy(key)]
  return way === 'relabel'
    ? [{ kind: 'relabel-key', key, label, id: key.id }]
    : [{ kind: 'copy-key', key, label, id: key.id }, destroy(key)]
}

const arrive = (key: HeldKey, label: string, id: string, way: Way): Step[] =>
  way === 'relabel'
    ? [{ kind: 'relabel-key', key, label, id }]
    : [{ kind: 'copy-key', key, label, id }, destroy(key)]
