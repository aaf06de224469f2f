import type { AwsCalls } from './aws-calls.ts'
import { isAmongExactly, isClientOfThing, isRotationInProgress } from './preconditions.ts'
import { notMet, type RuleEvent } from './rule-event.ts'

/**
 * Answers a create once. A second one finds two certificates and is refused; two at once both find one, and two
 * certificates are made. What fails after a certificate was issued ends the function without an answer.
 */
export const createCertificate =
  (aws: AwsCalls) =>
  async (event: RuleEvent): Promise<void> => {
    const principals = await aws.exclusivePrincipals(event.thingName)
    const isAllowed =
      (await isRotationInProgress(aws, event)) &&
      isAmongExactly(1, principals, event.principal) &&
      isClientOfThing(event)
    if (!isAllowed) return aws.reply(`${event.topic}/rejected`, notMet)
    const { csr } = event
    if (csr === undefined) throw new Error('the message has no csr')
    const issued = await issue(aws, csr)
    if ('errorMsg' in issued) return aws.reply(`${event.topic}/rejected`, issued)
    await equip(aws, event, principals[0] ?? '', issued)
    await aws.reply(`${event.topic}/accepted`, { certificatePem: issued.certificatePem })
  }

type Issued = Awaited<ReturnType<AwsCalls['issue']>>

async function issue(aws: AwsCalls, csr: string): Promise<Issued | { errorMsg: string }> {
  try {
    return await aws.issue(csr)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { errorMsg: `Failed to create certificate from CSR: ${reason}` }
  }
}

/** Three fields, conditional on nothing, and nothing that says whose rotation it is. */
async function equip(
  aws: AwsCalls,
  { thingName, principal }: RuleEvent,
  oldArn: string,
  { certificateArn, certificateId }: Issued,
): Promise<void> {
  for (const policyName of await aws.policies(oldArn)) await aws.attachPolicy(certificateArn, policyName)
  await aws.attach(thingName, certificateArn)
  await aws.updateShadow(thingName, {
    progress: 'created',
    oldCertificateId: principal,
    newCertificateId: certificateId,
  })
}
