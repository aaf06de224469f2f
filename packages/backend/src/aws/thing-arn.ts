import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'

/** `arn:<partition>:iot:<region>:<account>:thing/<name>`, read as the thing's name. */
export const thingArnSchema = v.pipe(
  v.string(),
  v.regex(/^arn:[a-z-]+:iot:[a-z0-9-]+:\d{12}:thing\//u),
  v.transform(arn => arn.slice(arn.indexOf('thing/') + 'thing/'.length)),
  thingNameSchema,
)
