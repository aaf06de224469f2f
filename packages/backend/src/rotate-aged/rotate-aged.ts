import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import type { Continuations } from '../aws/continuations.ts'
import { mostTargets } from '../aws/rotation-jobs.ts'
import { lookAtBrakes } from '../triggers/brakes.ts'
import { certificateCandidates } from '../triggers/certificate-candidates.ts'
import { orderRotation } from '../triggers/order-rotation.ts'
import { dayMs, invocationMs } from '../triggers/times.ts'
import type { CertificateTriggerPorts } from '../triggers/trigger-ports.ts'

export interface RotateAgedDependencies extends CertificateTriggerPorts {
  continuations: Continuations
  /** Certificates that were made longer ago are rotated. */
  afterDays: number
}

/** One run of the schedule, and where an invocation that continues it goes on. */
const runSchema = v.object({
  /** ISO 8601, as Amazon EventBridge Scheduler gives it: the same in every try of a run. */
  scheduledTime: v.pipe(
    v.string(),
    v.check(text => !Number.isNaN(Date.parse(text)), 'is no time'),
  ),
  page: v.optional(v.string()),
  found: v.optional(v.array(thingNameSchema), []),
})

/**
 * Orders the rotation of things whose certificates have become old, on a schedule: one job a run, with the oldest, as
 * many as a job may have targets. The list of the account's certificates begins with the oldest, so that a run reads no
 * further than the first one that is young.
 *
 * The same run makes the same job. A run that does not fit into one invocation goes on in another one, and may last
 * longer than the schedule's interval: so what its earlier invocations found is looked at again before it is ordered.
 */
export const rotateAged =
  (deps: RotateAgedDependencies) =>
  async (event: unknown): Promise<void> => {
    const run = v.parse(runSchema, event)
    const madeBeforeMs = Date.parse(run.scheduledTime) - deps.afterDays * dayMs
    const untilMs = deps.now() + invocationMs
    const { paced, isFree, ofCertificate } = certificateCandidates(deps)
    const found = new Set(run.found)
    let { page } = run
    for (;;) {
      const listed = await paced(() => deps.certificates.listOldest(page))
      const old = listed.items.filter(({ createdAtMs }) => createdAtMs < madeBeforeMs)
      for (const { certificateId, active } of old) {
        if (!active || found.size === mostTargets) continue
        const thing = await ofCertificate(certificateId)
        if (thing !== undefined) found.add(thing)
      }
      page = listed.next
      if (page === undefined || old.length < listed.items.length || found.size === mostTargets) break
      if (deps.now() >= untilMs) {
        await deps.continuations.add({ scheduledTime: run.scheduledTime, page, found: [...found] })
        return
      }
    }
    for (const thing of run.found) if (!(await isFree(thing))) found.delete(thing)
    if (found.size > 0) {
      const { held, isUndecided } = await lookAtBrakes(deps, paced)
      if (held !== undefined) return deps.report({ level: 'warn', event: 'rotations-held', problem: held })
      if (isUndecided) return deps.report({ level: 'info', event: 'rotations-left-to-the-next-run' })
    }
    await orderRotation(deps, {
      trigger: 'age',
      reason: run.scheduledTime,
      things: [...found],
      description: `Certificates that are older than ${deps.afterDays} days`,
    })
    deps.report({ level: 'info', event: 'aged-certificates-looked-at' })
  }
