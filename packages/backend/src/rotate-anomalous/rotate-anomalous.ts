import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { lookAtBrakes } from '../triggers/brakes.ts'
import { candidates } from '../triggers/candidates.ts'
import { orderRotation } from '../triggers/order-rotation.ts'
import { messagesOf } from '../triggers/sns-event.ts'
import { dayMs } from '../triggers/times.ts'
import type { TriggerPorts } from '../triggers/trigger-ports.ts'

/**
 * What AWS IoT Device Defender Detect tells on the topic of a security profile when a thing begins or ceases to behave
 * as it should not. The id is that of the violation: its beginning and its end have the same.
 *
 * AWS IoT API reference, "ViolationEvent"; the topic has the same fields.
 */
const violationSchema = v.object({
  violationId: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-]{1,128}$/u)),
  thingName: thingNameSchema,
  securityProfileName: v.string(),
  violationEventType: v.picklist(['in-alarm', 'alarm-cleared', 'alarm-invalidated']),
})

/**
 * A rotation restarts Greengrass and connects anew, which a profile of disconnects takes for a violation, with a new id: it
 * must not order the next one.
 */
const rest = { afterFailureMs: dayMs, afterSuccessMs: dayMs }

/** Orders the rotation of a thing that behaves as it should not, once for each violation, when it begins. */
export const rotateAnomalous =
  (deps: TriggerPorts) =>
  async (event: unknown): Promise<void> => {
    const { paced, isMember, isFree } = candidates(deps, rest)
    for (const violation of messagesOf(violationSchema, event, deps.report)) {
      const { violationId, thingName, securityProfileName, violationEventType } = violation
      if (violationEventType !== 'in-alarm') continue
      if (!(await isMember(thingName)) || !(await isFree(thingName))) continue
      const { held, anomaliesAreUsedUp } = await lookAtBrakes(deps, paced)
      const problem =
        held ?? (anomaliesAreUsedUp ? 'anomalies of more things in a day than are stolen' : undefined)
      if (problem !== undefined) {
        deps.report({ level: 'warn', event: 'rotations-held', thingName, problem })
        continue
      }
      await orderRotation(deps, {
        trigger: 'anomaly',
        reason: violationId,
        things: [thingName],
        description: `Violation ${violationId} of the security profile ${securityProfileName}`,
      })
    }
  }
