import { StoreError } from './identity-store.ts'

/** No job is done sooner; the backend knows the job's own limit and refuses by that. */
const shortestRotationMs = 5 * 60_000

/**
 * The job came over a connection of the certificate in use: by a clock that has it not valid now, nothing can be judged.
 *
 * @param validity in milliseconds since 1970, as `now` is, which comes from a clock that may be wrong
 * @throws StoreError where a rotation would end without a way back
 */
export function refuseNearItsEnd(
  { notBefore, notAfter }: { notBefore: number; notAfter: number },
  now: number,
): void {
  const isJudged = notBefore <= now && now < notAfter
  if (!isJudged || notAfter - now >= shortestRotationMs) return
  const end = new Date(notAfter).toISOString()
  throw new StoreError(
    'OLD_EXPIRES_TOO_SOON',
    `The certificate in use ends at ${end}, before a rotation could, so there would be no way back. Give the device a new certificate by hand.`,
  )
}
