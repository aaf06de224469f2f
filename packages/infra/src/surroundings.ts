import type { EnvironmentName } from '@rotator/backend/aws/environment'
import type { Alarms } from './alarms.ts'
import type { FailedEvents } from './failed-events.ts'
import type { LoopDetection } from './loop-detection.ts'
import type { OwnResources } from './policy-statements.ts'

/** What every function of the stack is built with. */
export interface Surroundings {
  bundles: string
  environment: Readonly<Record<EnvironmentName, string>>
  own: OwnResources
  failedEvents: FailedEvents
  alarms: Alarms
  loopDetection: LoopDetection
}
