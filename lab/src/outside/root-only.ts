/**
 * Whether tests that need root are left out: where a person without it runs them. CI is to show everything, so there
 * they run all the same, and fail.
 */
export const isSkippedWithoutRoot = (
  uid: number | undefined = process.getuid?.(),
  ci: string | undefined = process.env['CI'],
): boolean => uid !== 0 && (ci === undefined || ci === '' || ci === 'false')
