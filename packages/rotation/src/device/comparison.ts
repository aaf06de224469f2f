/** `impossible`: this device has no way to probe, which is neither good nor bad news. */
export type ProbeOutcome = 'accepted' | 'refused' | 'unreachable' | 'impossible'

/** The reference, the identity on trial, and the reference once more, so that an outage is not taken for a refusal. */
export interface Comparison {
  before: ProbeOutcome
  trial: ProbeOutcome
  after: ProbeOutcome
}

export type Verdict = 'trial-accepted' | 'trial-refused' | 'both-refused' | 'impossible' | 'unclear'

export function judge({ before, trial, after }: Comparison): Verdict {
  if (trial === 'accepted') return 'trial-accepted'
  if ([before, trial, after].includes('impossible')) return 'impossible'
  if (trial === 'refused' && before === 'accepted' && after === 'accepted') return 'trial-refused'
  if (trial === 'refused' && before === 'refused' && after === 'refused') return 'both-refused'
  return 'unclear'
}

/** Not even the one that is known to work reaches the endpoint, which says nothing of the other. */
export const isOutOfReach = ({ before, trial, after }: Comparison): boolean =>
  [before, trial, after].every(outcome => outcome === 'unreachable')

/**
 * A way back that was refused even once is no way back.
 *
 * Asked after the cloud has rejected something over the one on trial: where the probe has that one refused as well, it
 * is the probe itself that is refused, and tells nothing of the way back.
 */
export const referenceRefused = (comparison: Comparison): boolean =>
  (comparison.before === 'refused' || comparison.after === 'refused') && judge(comparison) !== 'both-refused'
