import { notificationOf } from '@rotator/backend/notices/notice-text'
import { reasonsToTell } from '@rotator/backend/retire-certificate/objection'
import { thingNameSchema } from '@rotator/protocol/ids'
import { jobId, newId, oldId, strangeId } from '@rotator/rotation/device/testing/states'
import type { Notice } from '@rotator/rotation/record/decision'
import { parse } from 'valibot'
import { code } from './markdown.ts'

/** What to do, by what the operators are told; a kind without it does not compile. */
const operator: Readonly<Record<Notice['kind'], string>> = {
  'old-kept':
    'Look up the failure code of the execution in the tables above, remove the cause, then create a new job.',
  'new-kept':
    'Nothing. If jobs often end before their devices are done, give them a longer in-progress timeout.',
  'both-kept':
    'Nothing at first: the device speaks as soon as it can. If it has been online for an hour and the notification was not followed by another: look at the certificate that it is configured with, detach the other one, then create a new job.',
  'old-lost':
    'Look in AWS IoT that the new certificate is active; if it is not, activate it, since the device can use no other. Find out why the old identity was lost: a damaged disk, or a restored image.',
  'ended-without-certificate':
    'See why it ended: a code in its status details, or a person who cancelled or deleted it. Look on the device which certificate it uses: this one alone stays attached, and active. Then create a new job.',
  'ended-beside':
    'Nothing for the rotation that goes on. Create a new job for the one that ended, if it is still needed.',
  'given-by-hand':
    'Nothing, if a person gave the device this certificate. Otherwise somebody else could: find out who has access to the device and to your registry.',
  'unknown-certificate':
    'Find out which of the named certificates the device uses, detach and deactivate the others, then create a new job.',
  choose:
    'Find out which of the named certificates the device uses, and detach the others. Do not delete the record while a rotation is under way.',
}

const retirement = 'Look who uses the certificate. If nobody does, deactivate, detach and delete it by hand.'

/** Code, message and what to do, of everything that operators are told. */
export const notificationRows = (): string[][] => [
  ...Object.entries(operator).map(([name, what]) => [code(name), messageOf(name), what]),
  ...Object.entries(reasonsToTell).map(([name, why]) => [
    code(name),
    `THING: certificate CERTIFICATE was to be retired, but ${why}.`,
    retirement,
  ]),
]

const isKind = (name: string): name is Notice['kind'] => Object.hasOwn(operator, name)

/** The message itself, with words in the place of ids. */
function messageOf(kind: string): string {
  if (!isKind(kind)) throw new Error(`${kind} is no kind of notification.`)
  const { message } = notificationOf(parse(thingNameSchema, 'THING'), {
    kind,
    execution: { jobId: jobId('JOB'), executionNumber: 1 },
    status: isOfAnEnd[kind] ? 'TIMED_OUT' : undefined,
    oldCertificateId: oldId,
    newCertificateId: newId,
    certificateIds: [strangeId],
  })
  return message.replaceAll(oldId, 'OLD').replaceAll(newId, 'NEW').replaceAll(strangeId, 'CERTIFICATE')
}

const isOfAnEnd: Readonly<Record<Notice['kind'], boolean>> = {
  'old-kept': true,
  'new-kept': true,
  'both-kept': true,
  'old-lost': false,
  'ended-without-certificate': true,
  'ended-beside': true,
  'given-by-hand': false,
  'unknown-certificate': false,
  choose: false,
}
