import { invalidRequest } from '../api/aws-error.ts'
import { optionalString } from '../api/input.ts'
import { choiceMember, type Members, refuseMembers } from './members.ts'

export type EndBehavior = 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL'

/** When a job starts and ends, ms since the epoch. */
export interface Scheduling {
  startTime: string | undefined
  startAtMs: number | undefined
  endTime: string | undefined
  endAtMs: number | undefined
  endBehavior: EndBehavior | undefined
}

const minuteMs = 60_000
const yearMs = 366 * 24 * 60 * minuteMs

/** Parses `schedulingConfig`: a start 30 minutes to a year ahead, an end 30 minutes after it and at most two years ahead. */
export function parseScheduling(members: Members, nowMs: number): Scheduling {
  refuseMembers(members, ['maintenanceWindows'])
  const startTime = optionalString(members, 'startTime')
  const endTime = optionalString(members, 'endTime')
  const endBehavior = choiceMember(members, 'endBehavior', ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'])
  const startAtMs = startTime === undefined ? undefined : parseTime('startTime', startTime)
  const endAtMs = endTime === undefined ? undefined : parseTime('endTime', endTime)
  if (startAtMs !== undefined && (startAtMs < nowMs + 30 * minuteMs || startAtMs > nowMs + yearMs))
    throw invalidRequest('startTime must be at least 30 minutes and at most one year from now.')
  if (
    endAtMs !== undefined &&
    (endAtMs < (startAtMs ?? nowMs) + 30 * minuteMs || endAtMs > nowMs + 2 * yearMs)
  )
    throw invalidRequest(
      'endTime must be at least 30 minutes after startTime and at most two years from now.',
    )
  if (endBehavior !== undefined && endAtMs === undefined)
    throw invalidRequest('endBehavior needs an endTime.')
  return {
    startTime,
    startAtMs,
    endTime,
    endAtMs,
    endBehavior: endBehavior ?? (endAtMs === undefined ? undefined : 'STOP_ROLLOUT'),
  }
}

/** `2026-01-31 12:00` is UTC, as is the ISO form without a zone. */
function parseTime(name: string, text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  const [, date, minutes, seconds = ':00', , zone = 'Z'] = found ?? []
  const time = found === null ? Number.NaN : Date.parse(`${date}T${minutes}${seconds}${zone}`)
  if (Number.isNaN(time)) throw invalidRequest(`${name} '${text}' is no time such as 2026-01-31 12:00.`)
  return time
}
