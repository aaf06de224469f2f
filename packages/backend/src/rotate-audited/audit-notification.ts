import * as v from 'valibot'

/** The checks of AWS IoT Device Defender whose findings a rotation puts right. */
export const answeredChecks = [
  'DEVICE_CERTIFICATE_AGE_CHECK',
  'DEVICE_CERTIFICATE_EXPIRING_CHECK',
  'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
] as const
export type AnsweredCheck = (typeof answeredChecks)[number]

const detailSchema = v.object({ checkName: v.string(), checkRunStatus: v.string() })

/**
 * What Device Defender tells at the end of an audit, on the account's one topic for that. It counts what does not
 * comply and names nothing of it.
 *
 * AWS IoT Device Defender, developer guide, "Audit notifications".
 */
export const auditNotificationSchema = v.object({
  taskId: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-]{1,40}$/u)),
  auditDetails: v.pipe(
    v.array(detailSchema),
    v.transform(details => answeredChecks.filter(check => details.some(detail => objects(detail, check)))),
  ),
})

/** A check that failed or was cancelled has findings that nobody can rely on. */
const objects = ({ checkName, checkRunStatus }: v.InferOutput<typeof detailSchema>, check: AnsweredCheck) =>
  checkName === check && checkRunStatus === 'COMPLETED_NON_COMPLIANT'
