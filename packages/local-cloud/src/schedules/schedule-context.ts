/** What a schedule's input may ask for, and gets in each run. */
export interface ScheduleContext {
  scheduleArn: string
  /** Milliseconds since the epoch. */
  dueAtMs: number
  executionId: string
}

/**
 * Puts what a run is known by into the input of a schedule: the same in every try of the run, but for the number of the
 * try, which is always the first here.
 *
 * Amazon EventBridge Scheduler, user guide, "Adding context attributes".
 */
export function withContext(input: string, { scheduleArn, dueAtMs, executionId }: ScheduleContext): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(dueAtMs).toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', '1')
}
