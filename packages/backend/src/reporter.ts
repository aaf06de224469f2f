import type { EndedEvent } from '@rotator/rotation/record/events'

/**
 * Which component reported an end.
 *
 * @param statusDetails those of the execution; ours gives its phase with every report, version 1 knows none
 */
export const reporterOf = (
  statusDetails: Readonly<Record<string, unknown>>,
): NonNullable<EndedEvent['reporter']> => (statusDetails['phase'] === undefined ? 'v1' : 'v2')
