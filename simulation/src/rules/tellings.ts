import type { Violation } from '@rotator/rotation/invariants'
import type { Notification } from '../cloud/backend-functions.ts'

/** A function that dies after it told the operators tells them again, and so may the copy of its event. */
const mostTellings = 4

/** Operators who hear the same again and again stop listening. */
export function brokenByTellings(notifications: readonly Notification[]): Violation[] {
  const counts = Map.groupBy(notifications, ({ Message }) => Message)
  const most = Math.max(0, ...[...counts.values()].map(same => same.length))
  return most > mostTellings ? [{ rule: 8, problem: `the operators were told the same ${most} times` }] : []
}
