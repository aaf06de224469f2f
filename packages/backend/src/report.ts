import type { logFields } from '@rotator/protocol/log-fields'

/** A line of a function's log: what happened, to which thing, in which execution. */
export type ReportLine = {
  level: 'info' | 'warn' | 'error'
  /** What happened, as a past fact in words with hyphens: `create-accepted`. */
  event: string
  /** Why, where it is no success. */
  problem?: string | undefined
  /** How long what happened took; it becomes a metric of its own. */
  durationMs?: number | undefined
} & {
  [field in Exclude<keyof typeof logFields, 'event' | 'phase' | 'durationMs'>]?: string | number | undefined
}

/** Where handlers say what they did. Each line also counts in a metric named as its event. */
export type Report = (line: ReportLine) => void
