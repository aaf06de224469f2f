import type { AwsCalls } from './aws-calls.ts'
import { isAmongExactly, isClientOfThing, isRotationInProgress } from './preconditions.ts'
import { notMet, type RuleEvent } from './rule-event.ts'

/** Accepts a commit once. A repeated one, and any whose reads fail, is refused like one that is wrong. */
export const commitCertificate =
  (aws: AwsCalls) =>
  async (event: RuleEvent): Promise<void> => {
    const { thingName, principal, topic } = event
    const record = await aws.readShadow(thingName)
    const principals = await aws.exclusivePrincipals(thingName)
    const isAllowed =
      (await isRotationInProgress(aws, event)) &&
      record?.['progress'] === 'created' &&
      record['oldCertificateId'] !== undefined &&
      record['newCertificateId'] === principal &&
      isAmongExactly(2, principals, principal) &&
      isClientOfThing(event)
    if (!isAllowed) return aws.reply(`${topic}/rejected`, notMet)
    await aws.updateShadow(thingName, { progress: 'committed' })
    await aws.reply(`${topic}/accepted`, {})
  }
