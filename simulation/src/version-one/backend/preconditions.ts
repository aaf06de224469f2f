import { jobDocumentText } from '@rotator/protocol/names'
import type { AwsCalls } from './aws-calls.ts'
import type { RuleEvent } from './rule-event.ts'

/** Whether the newest execution of the job is in progress and its document is the template's, byte for byte. */
export async function isRotationInProgress(
  aws: Pick<AwsCalls, 'describeExecution'>,
  { thingName, jobId }: RuleEvent,
): Promise<boolean> {
  const execution = await aws.describeExecution(thingName, jobId)
  return execution?.status === 'IN_PROGRESS' && execution.jobDocument === jobDocumentText
}

/** Whether so many certificates are attached and the sender's is among them. Ids are compared by their end. */
export function isAmongExactly(count: number, principals: readonly string[], principal: string): boolean {
  return (
    principals.length === count &&
    principals.every(arn => arn.includes('cert')) &&
    principals.some(arn => arn.endsWith(principal))
  )
}

/** `dev10` passes for `dev1`. */
export const isClientOfThing = ({ clientId, thingName }: RuleEvent): boolean => clientId.startsWith(thingName)
