import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import type { AuditFindings } from '../aws/audit-findings.ts'
import type { Continuations } from '../aws/continuations.ts'
import { mostTargets } from '../aws/rotation-jobs.ts'
import { lookAtBrakes } from '../triggers/brakes.ts'
import { type CertificateCandidates, certificateCandidates } from '../triggers/certificate-candidates.ts'
import { orderRotation } from '../triggers/order-rotation.ts'
import { messagesOf } from '../triggers/sns-event.ts'
import { invocationMs } from '../triggers/times.ts'
import type { CertificateTriggerPorts } from '../triggers/trigger-ports.ts'
import { answeredChecks, auditNotificationSchema } from './audit-notification.ts'

export interface RotateAuditedDependencies extends CertificateTriggerPorts {
  findings: AuditFindings
  continuations: Continuations
}

/** AWS IoT begins the rotations of a job within a minute or two; before that it shows none in progress. */
const startMs = 120_000

const auditSchema = v.object({
  taskId: v.string(),
  /** Those with findings. */
  checks: v.array(v.picklist(answeredChecks)),
  /** How many of its certificates have been seen to. */
  done: v.pipe(v.number(), v.integer(), v.minValue(0)),
})
type Audit = v.InferOutput<typeof auditSchema>

/**
 * Orders the rotation of things whose certificates an audit by AWS IoT Device Defender objects to: one job, or where
 * the findings are more than a job may have targets, one for each hundred of them, each when it is known how the one
 * before it ends.
 *
 * The findings of an audit do not change, and its certificates are put in an order, each once whatever checks object to
 * it: so the same notification makes the same jobs, and no finding makes two.
 */
export const rotateAudited =
  (deps: RotateAuditedDependencies) =>
  async (event: unknown): Promise<void> => {
    const continued = parseWith(auditSchema, event)
    for (const audit of continued.ok ? [continued.value] : auditsOf(deps, event)) await seeTo(deps, audit)
  }

const auditsOf = ({ report }: RotateAuditedDependencies, event: unknown): Audit[] =>
  messagesOf(auditNotificationSchema, event, report).map(({ taskId, auditDetails: checks }) => ({
    taskId,
    checks,
    done: 0,
  }))

async function seeTo(deps: RotateAuditedDependencies, audit: Audit): Promise<void> {
  const untilMs = deps.now() + invocationMs
  const looked = certificateCandidates(deps)
  const certificateIds = await certificatesIn(deps, looked, audit)
  for (let { done } = audit; done < certificateIds.length; done += mostTargets) {
    // Not before the first ones, so that every invocation gets further.
    if (done > audit.done && deps.now() >= untilMs) return deps.continuations.add({ ...audit, done })
    const signal = await lights(deps, looked, untilMs)
    if (signal === 'later') return deps.continuations.add({ ...audit, done })
    if (signal === 'held') return
    const some = certificateIds.slice(done, done + mostTargets)
    const isOrdered = await orderRotation(deps, {
      trigger: 'audit',
      reason: [audit.taskId, ...some].join(' '),
      things: await thingsOf(looked, some),
      description: `Findings of the audit ${audit.taskId}`,
    })
    if (isOrdered && done + mostTargets < certificateIds.length) await deps.pause(startMs)
  }
  deps.report({ level: 'info', event: 'audit-seen-to' })
}

/** Waits while it is not known how the rotations before end, as long as the invocation lasts. */
async function lights(
  deps: RotateAuditedDependencies,
  { paced }: CertificateCandidates,
  untilMs: number,
): Promise<'go' | 'later' | 'held'> {
  for (;;) {
    const { held, isUndecided } = await lookAtBrakes(deps, paced)
    if (held !== undefined) {
      deps.report({ level: 'warn', event: 'rotations-held', problem: held })
      return 'held'
    }
    if (!isUndecided) return 'go'
    if (deps.now() >= untilMs) return 'later'
    await deps.pause(startMs)
  }
}

async function certificatesIn(
  { findings }: RotateAuditedDependencies,
  { paced }: CertificateCandidates,
  { taskId, checks }: Audit,
): Promise<CertificateId[]> {
  const certificateIds = new Set<CertificateId>()
  for (const checkName of checks) {
    let page: string | undefined
    do {
      const listed = await paced(() => findings.listCertificates({ taskId, checkName }, page))
      for (const certificateId of listed.items) certificateIds.add(certificateId)
      page = listed.next
    } while (page !== undefined)
  }
  return [...certificateIds].toSorted()
}

async function thingsOf(
  { ofCertificate }: CertificateCandidates,
  certificateIds: readonly CertificateId[],
): Promise<ThingName[]> {
  const things = new Set<ThingName>()
  for (const certificateId of certificateIds) {
    const thing = await ofCertificate(certificateId)
    if (thing !== undefined) things.add(thing)
  }
  return [...things]
}
