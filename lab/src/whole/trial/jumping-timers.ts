import type { Timers } from '@rotator/component/timers'
import { systemTimers as really } from '@rotator/component/timers'
import { clockOffsetMs } from './trial-file.ts'

// Takes the place of the component's clock in a trial bundle: the time of day jumps as a test wants it, alarms do not.
export const systemTimers: Timers = {
  now: () => really.now() + clockOffsetMs(),
  after: (delayMs, task) => really.after(delayMs, task),
}
