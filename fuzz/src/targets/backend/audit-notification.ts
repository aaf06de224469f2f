import { snsEventOf, TriggerWorld } from '@rotator/backend/testing/trigger-world'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

const taskId = '4e2bcd1ccbc2a5dd15292a82ab80c380'
const objects = 'COMPLETED_NON_COMPLIANT'
/** Each check objects to a thing of its own; nothing answers the findings of the last one. */
const found: Readonly<Record<string, string>> = {
  DEVICE_CERTIFICATE_AGE_CHECK: 'aged',
  DEVICE_CERTIFICATE_EXPIRING_CHECK: 'expiring',
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: 'weak',
  CONFLICTING_CLIENT_IDS_CHECK: 'conflicting',
}
const unanswered = 'conflicting'

const detail = (checkName: string, checkRunStatus = objects) => ({
  checkName,
  checkRunStatus,
  nonCompliantResourcesCount: 1,
})
const notification = { taskId, taskType: 'SCHEDULED_AUDIT_TASK', taskStatus: 'COMPLETED' }

/** What comes by the account's topic for audits, on which other teams' notifications come as well. */
export const auditNotification: Target = {
  name: 'audit-notification',
  isSlow: true,
  mutate: jsonOf([
    ...'taskId auditDetails checkName checkRunStatus COMPLETED_COMPLIANT FAILED CANCELED'.split(' '),
    ...Object.keys(found),
    taskId,
    objects,
  ]),
  async execute(input) {
    const world = new TriggerWorld()
    for (const [check, thing] of Object.entries(found))
      world.aws.triggers.findings.set(`${taskId} ${check}`, [world.addThing(thing)])
    const text = input.toString()
    await world.audit(snsEventOf(text))
    const due = dueBy(jsonOrNothing(text))
    const ordered = world.ordered.flat().toSorted()
    const isLeftAlone = world.lines.some(({ event }) => event === 'notification-not-understood')
    claim(
      isLeftAlone === (due === undefined),
      'it was understood where it should not be, or not where it should',
    )
    claim(
      JSON.stringify(ordered) === JSON.stringify(due ?? []),
      `${ordered.join(', ') || 'nothing'} was ordered`,
    )
    claim(world.ordered.length <= 1, 'one audit ordered more than one job')
    return isLeftAlone ? 'left' : `ordered ${ordered.join(', ')}`
  },
  seeds: () => ({
    'all-checks': JSON.stringify({
      ...notification,
      auditDetails: Object.keys(found).map(name => detail(name)),
    }),
    compliant: JSON.stringify({
      ...notification,
      auditDetails: [detail('DEVICE_CERTIFICATE_AGE_CHECK', 'COMPLETED_COMPLIANT')],
    }),
    'one-check': JSON.stringify({
      ...notification,
      auditDetails: [detail('DEVICE_CERTIFICATE_EXPIRING_CHECK'), detail('CONFLICTING_CLIENT_IDS_CHECK')],
    }),
    'of-another-audit': JSON.stringify({
      ...notification,
      taskId: 'another',
      auditDetails: [detail('DEVICE_CERTIFICATE_AGE_CHECK')],
    }),
  }),
}

/** The things to rotate, as whoever reads the notification without the product's schemas finds them. */
function dueBy(told: unknown): string[] | undefined {
  const { taskId: task, auditDetails } = Object(told) as Record<string, unknown>
  if (typeof task !== 'string' || !/^[a-zA-Z0-9-]{1,40}$/u.test(task)) return undefined
  if (!Array.isArray(auditDetails)) return undefined
  const details = auditDetails.map(one => Object(one) as Record<string, unknown>)
  const isTold = (one: Record<string, unknown>) =>
    typeof one['checkName'] === 'string' && typeof one['checkRunStatus'] === 'string'
  if (!details.every(isTold)) return undefined
  const checks = details
    .filter(one => task === taskId && one['checkRunStatus'] === objects)
    .map(one => one['checkName'])
  return Object.entries(found)
    .filter(([check, thing]) => checks.includes(check) && thing !== unanswered)
    .map(([, thing]) => thing)
}
