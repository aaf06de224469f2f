import { createHash } from 'node:crypto'
import { certificateIdSchema, jobIdSchema, thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'

export const thingName = (text: string) => v.parse(thingNameSchema, text)
export const jobId = (text: string) => v.parse(jobIdSchema, text)

/** An id that looks like a certificate's, the same for the same word. */
export const certificateIdOf = (word: string) =>
  v.parse(certificateIdSchema, createHash('sha256').update(word).digest('hex'))
