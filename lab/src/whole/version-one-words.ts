import type { Publication } from '@rotator/simulation/version-one/device/messages'

/** What versions 1.0 and 1.1 of the component publish where version 1.2 publishes this: they know another detail. */
export function inEarlierWords({ topic, payload }: Publication): Publication {
  const { status } = payload as { status?: string }
  if (status === 'IN_PROGRESS')
    return { topic, payload: { status, statusDetails: { certificateRotationProgress: 'started' } } }
  // Without details, so that those of IN_PROGRESS stay.
  return status === 'FAILED' ? { topic, payload: { status } } : { topic, payload }
}
