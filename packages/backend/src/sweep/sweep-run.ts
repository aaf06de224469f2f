import { jobIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'

/** Where a sweep goes on: on which page of the jobs, in which of them, on which page of its executions; then things. */
export const cursorSchema = v.variant('at', [
  v.object({
    at: v.literal('jobs'),
    page: v.optional(v.string()),
    job: v.optional(jobIdSchema),
    shares: v.optional(v.string()),
  }),
  v.object({ at: v.literal('things'), page: v.optional(v.string()) }),
])
export type Cursor = v.InferOutput<typeof cursorSchema>

/** An invocation that continues a sweep. One by the schedule has no `cursor`. */
export const continuationSchema = v.object({
  /** Milliseconds since 1970. */
  startedAtMs: v.number(),
  cursor: cursorSchema,
  /** Jobs and things that could not be looked at so far. */
  failures: v.number(),
})
export type Continuation = v.InferOutput<typeof continuationSchema>

/** How often a sweep runs and how much of the fleet it looks at. */
export interface SweepTimes {
  everySeconds: number
  /** The time in which every job and every thing comes to be looked at in full, each run a share of them. */
  roundSeconds: number
  /** An end is left to its own event for this long. */
  graceSeconds: number
}

/** One sweep: all of its decisions are as of its start, so that a continuation makes the same. */
export interface SweepRun {
  startedAtMs: number
  /** When the backend came into the account: what ended before is none of its business. */
  deployedAtMs: number
  times: SweepTimes
}

const dayMs = 86_400_000

/** How far back ends are looked for, once a round. */
export const longestMs: number = 14 * dayMs
/** The longest that AWS IoT lets an execution be in progress, after its job was cancelled too. */
export const longestExecutionMs: number = 7 * dayMs
/** Sweeps that recent ends are looked at by, in case some of them fail. */
const looksAtRecent = 4

/** How far back every sweep looks. */
export const recentMs = ({ everySeconds, graceSeconds }: SweepTimes): number =>
  (looksAtRecent * everySeconds + graceSeconds) * 1000

/** A sweep that is not through by then has more to do than the quotas allow, and ends. */
export const mayLastMs = ({ everySeconds }: SweepTimes): number =>
  Math.max(looksAtRecent * everySeconds * 1000, 3_600_000)

/** The latest end that a sweep looks at; later ones may still be handled by their own event. */
export const endedUntilMs = ({ startedAtMs, times }: SweepRun): number =>
  startedAtMs - times.graceSeconds * 1000
