import { AwsError } from '../api/aws-error.ts'

/** When something is to happen, in UTC. */
export type ScheduleExpression =
  | { kind: 'rate'; everyMs: number }
  | { kind: 'at'; atMs: number }
  | { kind: 'cron'; fields: CronFields }

interface CronFields {
  minutes: ReadonlySet<number>
  hours: ReadonlySet<number>
  daysOfMonth: ReadonlySet<number>
  months: ReadonlySet<number>
  /** 1 is Sunday. */
  daysOfWeek: ReadonlySet<number>
  years: ReadonlySet<number>
}

const invalid = (text: string, why: string) =>
  new AwsError('ValidationException', 400, `Invalid Schedule Expression ${text}: ${why}`)

const unitsMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

function cronField(text: string, least: number, most: number, names: readonly string[] = []): Set<number> {
  const number = (word: string): number => {
    const at = names.indexOf(word.toUpperCase())
    const value = at < 0 ? Number(word) : at + 1
    if (!Number.isInteger(value) || value < least || value > most || word === '')
      throw new Error(`${word} is not from ${least} to ${most} (L, W and # are not in this cloud)`)
    return value
  }
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [range = '', step = '1'] = part.split('/')
    const [from = '', to = part.includes('/') ? String(most) : from] = range.split('-')
    const [start, end] = range === '*' || range === '?' ? [least, most] : [number(from), number(to)]
    const every = Number(step)
    if (!Number.isInteger(every) || every < 1) throw new Error(`${step} is no step`)
    for (let value = start; value <= end; value += every) values.add(value)
  }
  return values
}

function cron(text: string): CronFields {
  const [minutes = '', hours = '', daysOfMonth = '', months = '', daysOfWeek = '', years = '', more] = text
    .trim()
    .split(/\s+/)
  if (years === '' || more !== undefined) throw new Error('a cron expression has six fields')
  if ((daysOfMonth === '?') === (daysOfWeek === '?')) throw new Error('one of the two day fields must be ?')
  return {
    minutes: cronField(minutes, 0, 59),
    hours: cronField(hours, 0, 23),
    daysOfMonth: cronField(daysOfMonth, 1, 31),
    months: cronField(months, 1, 12, monthNames),
    daysOfWeek: cronField(daysOfWeek, 1, 7, dayNames),
    years: cronField(years, 1970, 2199),
  }
}

/** Parses `rate(5 minutes)`, `cron(0 12 * * ? *)` and `at(2026-01-01T00:00:00)`. @throws AwsError */
export function parseScheduleExpression(text: string): ScheduleExpression {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? []
  if (kind === 'rate') {
    const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? []
    const everyMs = Number(count) * (unitsMs[unit] ?? Number.NaN)
    if (!(everyMs > 0 && Number.isSafeInteger(everyMs)))
      throw invalid(text, 'a rate is a number and minutes, hours or days')
    return { kind, everyMs }
  }
  if (kind === 'at') {
    const atMs = Date.parse(`${inner}Z`)
    if (Number.isNaN(atMs)) throw invalid(text, 'a time is written 2026-01-31T12:00:00')
    return { kind, atMs }
  }
  if (kind !== 'cron') throw invalid(text, 'it is rate(…), cron(…) or at(…)')
  try {
    return { kind, fields: cron(inner) }
  } catch (error) {
    throw invalid(text, error instanceof Error ? error.message : String(error))
  }
}

function dayFits(day: Date, fields: CronFields): boolean {
  return (
    fields.years.has(day.getUTCFullYear()) &&
    fields.months.has(day.getUTCMonth() + 1) &&
    fields.daysOfMonth.has(day.getUTCDate()) &&
    fields.daysOfWeek.has(day.getUTCDay() + 1)
  )
}

function nextCron(fields: CronFields, afterMs: number): number | undefined {
  const minuteMs = 60_000
  const firstMs = (Math.floor(afterMs / minuteMs) + 1) * minuteMs
  const lastYear = Math.max(...fields.years)
  const day = new Date(firstMs)
  day.setUTCHours(0, 0, 0, 0)
  for (; day.getUTCFullYear() <= lastYear; day.setUTCDate(day.getUTCDate() + 1)) {
    if (!dayFits(day, fields)) continue
    for (const hour of [...fields.hours].toSorted((a, b) => a - b))
      for (const minute of [...fields.minutes].toSorted((a, b) => a - b)) {
        const atMs = day.getTime() + hour * 3_600_000 + minute * minuteMs
        if (atMs >= firstMs) return atMs
      }
  }
  return undefined
}

/** The next time after a time; a rate counts from when the schedule was made. Undefined: never again. */
export function nextTime(
  expression: ScheduleExpression,
  madeAtMs: number,
  afterMs: number,
): number | undefined {
  switch (expression.kind) {
    case 'rate':
      return madeAtMs + (Math.floor((afterMs - madeAtMs) / expression.everyMs) + 1) * expression.everyMs
    case 'at':
      return expression.atMs > afterMs ? expression.atMs : undefined
    case 'cron':
      return nextCron(expression.fields, afterMs)
  }
}
