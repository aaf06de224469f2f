import type { ThingName } from '@rotator/protocol/ids'
import type { Notice } from '@rotator/rotation/record/decision'
import type { Notification } from '../aws/operators.ts'

/** What operators read: what happened, what it means for the certificates, and what to do. */
export function notificationOf(thing: ThingName, notice: Notice): Notification {
  const { kind, execution, status, oldCertificateId, newCertificateId, certificateIds } = notice
  return {
    message: `${thing}: ${sentences[kind](notice)}`,
    facts: {
      thingName: thing,
      jobId: execution.jobId,
      executionNumber: execution.executionNumber?.toString(),
      code: kind,
      status,
      oldCertificateId,
      newCertificateId,
      certificateIds: certificateIds.length > 0 ? certificateIds.join(',') : undefined,
    },
  }
}

const ended = ({ execution, status }: Notice): string => `job ${execution.jobId} ended ${status ?? ''}`.trim()

/** A create, too, can show that it is not known; the job's end is told when it comes. */
const endedOrGoesOn = (notice: Notice): string =>
  notice.status === undefined ? `job ${notice.execution.jobId} goes on` : ended(notice)

/** What is left of a deleted execution is nothing to read. */
const reason = ({ status }: Notice): string =>
  status === 'DELETED' ? '' : ' Read the status details of the execution for the reason.'

const sentences: Readonly<Record<Notice['kind'], (notice: Notice) => string>> = {
  'old-kept': notice =>
    `${ended(notice)} and the rotation was not made. The old certificate ${notice.oldCertificateId} stays; the new one, ${notice.newCertificateId}, is retired.${reason(notice)} Then create a new job.`,
  'new-kept': notice =>
    `${ended(notice)}, but the rotation was made. The device uses its new certificate ${notice.newCertificateId}; the old one is retired. There is nothing to do.`,
  'both-kept': notice =>
    `${endedOrGoesOn(notice)}, and it is not known whether the device uses its old certificate ${notice.oldCertificateId} or its new one ${notice.newCertificateId}. Both stay active until the device says so by itself, or until its next rotation. If neither comes, look on the device which one it is configured with.`,
  'old-lost': notice =>
    `the device has lost its old identity in the middle of job ${notice.execution.jobId} and is left with its new certificate ${notice.newCertificateId} alone. Both it and the old one, ${notice.oldCertificateId}, stay until the device confirms the new one by itself, or until its next rotation. If the new one is inactive by now, activate it.`,
  'ended-without-certificate': notice =>
    `${ended(notice)}. No certificate of it is recorded, and none was touched.${reason(notice)} Look on the device which certificate it uses: check that this one alone is attached to the thing, and is active.`,
  'ended-beside': notice =>
    `${ended(notice)} while another rotation of the thing is not settled. No certificate was touched.${reason(notice)}`,
  'given-by-hand': notice =>
    `the device asked with certificate ${notice.certificateIds.join(', ')}, which no record of a rotation names; the rotation of job ${notice.execution.jobId} started from it. Certificates of earlier rotations go once they are not needed. If nobody gave the device this certificate, find out who did.`,
  'unknown-certificate': notice =>
    `job ${notice.execution.jobId} was refused, because certificates that no record of a rotation names are attached to the thing: ${notice.certificateIds.join(', ')}. Detach those that the device does not use, then create a new job.`,
  choose: notice =>
    `there is no record of a rotation, and several certificates are attached: ${notice.certificateIds.join(', ')}. Detach those that the device does not use; then it goes on by itself.`,
}
