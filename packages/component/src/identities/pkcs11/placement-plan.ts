import type { CertificateId } from '@rotator/protocol/ids'
import { explainedBy } from './explained.ts'
import type { Held, HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import type { ObjectHandle } from './token.ts'
import { baseOf, isBackupOf } from './version-one-objects.ts'

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
 * certificate is created and destroyed, not moved: its bytes are no secret, and every token can do that. What is left of
 * the goal beside the current label stays for now.
 *
 * Somebody's own copies, wherever they lie, are no part of it. A stranger's key under the current label must have been
 * refused before.
 *
 * @returns undefined where the goal's certificate, or a key that has just signed for it, is not there, but for such copies.
 */
export function planPlacement(
  holdings: Holdings,
  labels: Labels,
  goal: CertificateId,
  way: Way,
): Step[] | undefined {
  const { certificates, keys } = holdings
  const { current, previous } = labels
  const isExplained = explainedBy(holdings, labels)
  const isGoal = (certificate: HeldCertificate): boolean => certificate.certificateId === goal
  const isOfGoal = (key: HeldKey): boolean => key.proves.includes(goal)
  const isCurrent = ({ label }: { label: string }): boolean => label === current
  const isUsable = (held: HeldCertificate | HeldKey): boolean => isCurrent(held) || isExplained(held)
  const [certificate, ...otherCertificates] = currentFirst(
    certificates.filter(held => isGoal(held) && isUsable(held)),
    isCurrent,
  )
  const [key, ...otherKeys] = currentFirst(
    keys.filter(held => isOfGoal(held) && isUsable(held)),
    isCurrent,
  )
  if (certificate === undefined || key === undefined) return undefined

  const otherInUse = certificates.filter(held => isCurrent(held) && !isGoal(held))
  const id = isCurrent(certificate) ? certificate.id : idInUse(key, holdings, labels)
  return [
    ...otherInUse
      .filter(held => held.facts !== undefined && !hasTwinCertificate(held, certificates, labels))
      .map((held): Step => ({ kind: 'create-certificate', certificate: held, label: previous, id: held.id })),
    ...keys.filter(held => isCurrent(held) && !isOfGoal(held)).flatMap(held => away(held, keys, labels, way)),
    ...[...otherInUse, ...otherCertificates.filter(isCurrent)].map(destroy),
    ...(isCurrent(certificate)
      ? []
      : [{ kind: 'create-certificate', certificate, label: current, id } as const]),
    ...otherKeys.filter(isCurrent).map(destroy),
    ...(isCurrent(key) ? [] : [arrive(key, current, id, way)]),
  ]
}

/** What a placement leaves of its goal beside the current label, to be destroyed once it has been seen there, whole. */
export function leftAside(holdings: Holdings, labels: Labels, goal: CertificateId): Held[] {
  const isExplained = explainedBy(holdings, labels)
  return [
    ...holdings.keys.filter(held => held.proves.includes(goal) && isExplained(held)),
    ...holdings.certificates.filter(held => held.certificateId === goal && isExplained(held)),
  ].filter(({ label }) => label !== labels.current)
}

/** Version 1's backup gets the id back that it had, as version 1 puts it back, unless the note says of it what it is. */
const idInUse = ({ label, id }: HeldKey, { note }: Holdings, { versionOneBackup }: Labels): string =>
  label === versionOneBackup && id !== note?.oldId ? baseOf(id) : id

const currentFirst = <H>(held: H[], isCurrent: (one: H) => boolean): H[] =>
  held.toSorted((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)))

const destroy = ({ handle }: { handle: ObjectHandle }): Step => ({ kind: 'destroy', handle })

/** Where a switch of ours, or of version 1, puts another of the same; elsewhere it is somebody's own copy. */
const isPutAside = (other: Held, { id }: Held, labels: Labels): boolean =>
  (other.label === labels.previous && other.id === id) || isBackupOf(id, other, labels)

const hasTwinCertificate = (
  held: HeldCertificate,
  certificates: readonly HeldCertificate[],
  labels: Labels,
): boolean =>
  certificates.some(other => other.certificateId === held.certificateId && isPutAside(other, held, labels))

/**
 * A key leaves the current label. One that has been put aside and has signed for the same certificate is the same key. One
 * of no certificate is most likely NEW's whose certificate version 1 has destroyed already, and may be somebody's: it is
 * kept, where nothing needs the slot for itself. It is relabelled or left, as nothing would prove a copy of it whole.
 */
function away(key: HeldKey, keys: readonly HeldKey[], labels: Labels, way: Way): Step[] {
  if (key.proves.length === 0) return [{ kind: 'relabel-key', key, label: labels.pending, id: key.id }]
  const hasTwin = keys.some(
    other => isPutAside(other, key, labels) && other.proves.some(proven => key.proves.includes(proven)),
  )
  if (hasTwin) return [destroy(key)]
  return way === 'relabel'
    ? [{ kind: 'relabel-key', key, label: labels.previous, id: key.id }]
    : [{ kind: 'copy-key', key, label: labels.previous, id: key.id }, destroy(key)]
}

const arrive = (key: HeldKey, label: string, id: string, way: Way): Step => ({
  kind: way === 'relabel' ? 'relabel-key' : 'copy-key',
  key,
  label,
  id,
})
