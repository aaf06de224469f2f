export type LogLevel = 'info' | 'warn' | 'error'
export type LogFields = Record<string, string | number | boolean | undefined>

/** Writes one structured line. Fields that are undefined are left out. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void

/**
 * One JSON object a line, for the nucleus to put into the component's log. `at` is in milliseconds since 1970:
 * a date in words would load the time zones, and the nucleus writes one before each line.
 *
 * @param always fields of every line, such as the thing's name
 */
export function jsonLines(write: (text: string) => void, now: () => number, always: LogFields): Log {
  return (level, message, fields = {}) => {
    try {
      write(`${JSON.stringify({ at: now(), level, message, ...always, ...fields })}\n`)
    } catch {
      // A full or closed pipe costs a line, and must not cost a rotation.
    }
  }
}
