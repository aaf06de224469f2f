import type { ProbeOutcome } from '@rotator/rotation/device/comparison'

/** What one endpoint made of one identity, and by what that shows: the end of a sentence, for the log. */
export interface Finding {
  outcome: ProbeOutcome
  why: string
}

/** `credentials` is there only where Greengrass fetches credentials and MQTT let the identity in. */
export interface Attempt {
  mqtt: Finding
  credentials?: Finding
}

export const found = (outcome: ProbeOutcome, why: string): Finding => ({ outcome, why })
