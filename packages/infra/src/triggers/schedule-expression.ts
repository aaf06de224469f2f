/** A run takes minutes to look a hundred things up; in a quarter of an hour it is usually through. */
const leastMinutesBetweenRuns = 15

/** One of six fields of a cron expression: what it may have besides numbers, `*`, ranges, lists and steps. */
interface Field {
  name: string
  least: number
  most: number
  names?: readonly string[]
  /** Whole parts of a list that stand for themselves. */
  special?: RegExp
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** Amazon EventBridge Scheduler, user guide, "Cron-based schedules". */
const fields: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31, special: /^(?:\?|L|(?:[1-9]|[12]\d|3[01])W)$/u },
  { name: 'month', least: 1, most: 12, names: months },
  {
    name: 'day of week',
    least: 1,
    most: 7,
    names: days,
    special: /^(?:\?|L|(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:L|#[1-5]))$/u,
  },
  { name: 'year', least: 1970, most: 2199 },
]

/** @returns what the part of a field stands for; undefined where it stands for nothing */
function valuesOf(part: string, { least, most, names = [] }: Field): number[] | undefined {
  const [, all, first = '', last, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/([1-9]\d*))?$/u.exec(part) ?? []
  const numberOf = (word: string): number => {
    const named = names.indexOf(word)
    return named >= 0 ? least + named : /^\d+$/u.test(word) ? Number(word) : Number.NaN
  }
  const from = all === undefined ? numberOf(first) : least
  const open = all === undefined && step === undefined ? from : most
  const to = last === undefined ? open : numberOf(last)
  if (!(least <= from && from <= to && to <= most)) return undefined
  const every = Number(step ?? 1)
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every)
}

/** @returns the numbers that the whole field stands for; undefined where a part of it means nothing */
function readField(text: string, field: Field): number[] | undefined {
  const values: number[] = []
  for (const part of text.split(',')) {
    if (field.special?.test(part) === true) continue
    const some = valuesOf(part, field)
    if (some === undefined) return undefined
    values.push(...some)
  }
  return values
}

/** The next run may be in the next hour: which hours they are of does not matter. */
const isTooFrequent = (runs: readonly number[]): boolean =>
  runs.some(one => runs.some(other => other !== one && (other - one + 60) % 60 < leastMinutesBetweenRuns))

function cronProblem(text: string): string | undefined {
  const parts = text.split(' ')
  if (parts.length !== fields.length) return 'must have six fields in cron(…)'
  const read = fields.map((field, index) => {
    const given = String(parts[index])
    return { name: field.name, given, values: readField(given, field) }
  })
  const wrong = read.find(({ values }) => values === undefined)
  if (wrong !== undefined) return `cannot have ${wrong.given} for its ${wrong.name}`
  const [, , dayOfMonth, , dayOfWeek] = parts
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    return 'must have ? for its day of month or its day of week, and not for both'
  return isTooFrequent(read.slice(0, 1).flatMap(({ values = [] }) => values)) ? tooFrequent : undefined
}

const tooFrequent = `must leave ${leastMinutesBetweenRuns} minutes or more from one run to the next, as rate(15 minutes) does`

/** @returns what is wrong with a schedule of Amazon EventBridge Scheduler, as the end of a sentence */
export function scheduleProblem(expression: string): string | undefined {
  const [, rate, unit, cron] =
    /^(?:rate\(([1-9]\d*) (minute|hour|day)s?\)|cron\((.*)\))$/u.exec(expression) ?? []
  if (cron !== undefined) return cronProblem(cron)
  if (rate === undefined) return 'must be rate(…) with minutes, hours or days, or cron(…) with six fields'
  return unit === 'minute' && Number(rate) < leastMinutesBetweenRuns ? tooFrequent : undefined
}
