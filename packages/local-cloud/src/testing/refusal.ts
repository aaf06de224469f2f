import { AwsError } from '../api/aws-error.ts'

/** The status and the code that a call is refused with; `accepted` where it is not. */
export const refusal = (run: () => unknown): string => told(run, ({ status, code }) => `${status} ${code}`)

/** The same, with the message. */
export const refusalInWords = (run: () => unknown): string =>
  told(run, ({ status, code, message }) => `${status} ${code}: ${message}`)

function told(run: () => unknown, tell: (error: AwsError) => string): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AwsError) return tell(error)
    throw error
  }
  return 'accepted'
}
