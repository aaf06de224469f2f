import type { logFields } from '@rotator/protocol/log-fields'

/** A line of a function's log: what happened, to which thing, in which execution. */
export type ReportLine = {
  level: 'info' | 'warn' | 'error'
  /** What happened, as a past fact in words with hyphens: `create-accepted`. */
  event: string
  /** Why, where it is no success. */
  problem?: string | undefined
} & { [field in Exclude<keyof typeof logFields, 'event' | 'phase'>]?: string | number | undefined }

/** Where handlers say what they did. Each line also counts in a metric named as its event. */
export type Report = (line: ReportLine) => void
