export type LogLevel = 'info' | 'warn' | 'error'
export type LogFields = Record<string, string | number | boolean | undefined>

/** Writes one structured line. Fields that are undefined are left out. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void

/**
 * One JSON object a line, for the nucleus to put into the component's log.
 *
 * @param always fields of every line, such as the thing's name
 */
export function jsonLines(write: (text: string) => void, now: () => number, always: LogFields): Log {
  return (level, message, fields = {}) => {
    const timestamp = new Date(now()).toISOString()
    write(`${JSON.stringify({ timestamp, level, message, ...always, ...fields })}\n`)
  }
}
