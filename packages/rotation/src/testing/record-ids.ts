import { certificateIdSchema, csrDigestSchema, type ExecutionId, jobIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'

const certificate = (digit: string) => v.parse(certificateIdSchema, digit.repeat(64))
const digest = (digit: string) => v.parse(csrDigestSchema, digit.repeat(64))

export const old = certificate('0')
export const fresh = certificate('1')
/** No rotation made it. */
export const stranger = certificate('5')
/** Decided to go by an earlier rotation. */
export const going = certificate('8')
/** Left behind by a version 1 device's create. */
export const leftBehind = certificate('9')
/** What the certificate authority issues next. */
export const issued = certificate('e')

export const csr = digest('c')
export const otherCsr = digest('d')

export const job = v.parse(jobIdSchema, 'job-1')
export const otherJob = v.parse(jobIdSchema, 'job-2')
/** The execution of the records below, another try of its job, and one of another job. */
export const x = { jobId: job, executionNumber: 1 } satisfies ExecutionId
export const retried = { jobId: job, executionNumber: 2 } satisfies ExecutionId
export const other = { jobId: otherJob, executionNumber: 1 } satisfies ExecutionId
export const unnumbered = { jobId: job, executionNumber: undefined }
