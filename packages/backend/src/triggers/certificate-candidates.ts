import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { isLeaving } from '@rotator/rotation/record/leaving'
import { readRecord } from '@rotator/rotation/record/shadow'
import { type Candidates, candidates } from './candidates.ts'
import { dayMs } from './times.ts'
import type { CertificateTriggerPorts } from './trigger-ports.ts'

/**
 * The operators were told of the failure and must look first. Without a rest a hundred things that always fail, the oldest
 * of all, would keep every run from the others.
 */
const rest = { afterFailureMs: 7 * dayMs, afterSuccessMs: 0 }

/** Finds out what can be rotated where certificates are what is known. */
export interface CertificateCandidates extends Pick<Candidates, 'paced' | 'isFree'> {
  /** @returns the thing that a certificate can be rotated on; undefined where there is none */
  ofCertificate: (certificateId: CertificateId) => Promise<ThingName | undefined>
}

/**
 * Beside what every thing must be, a certificate must be attached to one thing alone, exclusively: the backend refuses
 * every other one. And it must not be on its way out: what a rotation has replaced stays attached and active until it is
 * retired, and would have its thing rotated a second time.
 */
export function certificateCandidates(ports: CertificateTriggerPorts): CertificateCandidates {
  const { paced, isMember, isFree } = candidates(ports, rest)
  const leaveOut = (certificateId: CertificateId, problem: string, thingName?: ThingName): undefined => {
    ports.report({ level: 'info', event: 'rotation-not-ordered', thingName, certificateId, problem })
  }
  return {
    paced,
    isFree,
    async ofCertificate(certificateId) {
      const [only, ...others] = await paced(() => ports.certificates.thingsOf(certificateId))
      if (only === undefined) return leaveOut(certificateId, 'the certificate is attached to no thing')
      if (!only.exclusive || others.length > 0)
        return leaveOut(certificateId, 'the certificate is not attached to one thing exclusively')
      const { thing } = only
      // The record last: what ended before it was looked for is in it.
      if (!(await isMember(thing)) || !(await isFree(thing))) return undefined
      const stored = await paced(() => ports.records.read(thing))
      if (isLeaving(readRecord(stored?.reported), certificateId))
        return leaveOut(certificateId, 'a rotation has replaced the certificate already', thing)
      return thing
    },
  }
}
