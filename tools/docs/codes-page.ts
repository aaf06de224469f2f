import { deviceFailureCodes } from '@rotator/protocol/failure-codes'
import { rejectionCodes } from '@rotator/protocol/rejection-codes'
import { code, markdownTable, page } from './markdown.ts'
import { notificationRows } from './notifications.ts'

export function codesPage(): string {
  const rejections = Object.entries(rejectionCodes).map(([name, row]) => [
    code(name),
    row.to.join(', '),
    row.kind,
    row.meaning,
    row.device,
    row.operator,
  ])
  const failures = Object.entries(deviceFailureCodes).map(([name, row]) => [
    code(name),
    row.meaning,
    row.operator,
  ])
  return page(
    'Codes, and what to do',
    '## Where to find them\n\n- Why a rotation did not succeed: `aws iot describe-job-execution --job-id JOB --thing-name THING`, under `statusDetails`.\n- What the operators were told: the notifications of the topic `AWSLabsCertificateRotatorNotification`, as the attribute `code`.\n- What the backend answered: the log lines of its functions, as the field `code`.\n- What the device did: the log of the component, one line for each change of phase.',
    '## Rejections\n\nA message of a device that the cloud rejects carries one of these codes.',
    markdownTable(['code', 'answers', 'kind', 'meaning', 'the device', 'the operator'], rejections),
    '## Failures\n\nAn execution that ends FAILED carries in its status details, as `failureCode`, one of these or the code of the rejection that led to it. `DeviceFailureReason` beside it tells the case at hand.',
    markdownTable(['code', 'meaning', 'the operator'], failures),
    '## Notifications\n\nOperators are told of every rotation that did not succeed, and of what only a person can decide. The message says what happened and what to do; its attributes carry thing, job, both certificates and this code.',
    markdownTable(['code', 'what it says', 'the operator'], notificationRows()),
    '## Alarms\n\nFour alarms of CloudWatch tell of what the backend could not do by itself. [Give dead letters again](../how-to/redrive-dead-letters.md) says what to do for each.',
  )
}
