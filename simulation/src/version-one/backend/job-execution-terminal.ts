import { jobDocumentText } from '@rotator/protocol/names'
import type { AwsCalls } from './aws-calls.ts'
import type { JobEvent } from './rule-event.ts'

interface Progress {
  progress: string
  oldCertificateId: string
  newCertificateId: string
}

/**
 * Tidies up after an execution: by its status and what the record says, one certificate is deleted or both stay.
 * The record is deleted before anything is done, so a second run finds none.
 */
export const jobExecutionTerminal =
  (aws: AwsCalls) =>
  async ({ jobId, thingArn, status }: JobEvent): Promise<void> => {
    const thing = thingArn.slice(thingArn.indexOf('thing/') + 'thing/'.length)
    const record = await takeRecord(aws, thing)
    if ((await aws.jobDocument(jobId)) !== jobDocumentText) {
      return aws.notify(`The job of ${thing} is invalid. Certificates were not cleaned up.`)
    }
    switch (status) {
      case 'SUCCEEDED':
        return succeeded(aws, thing, record)
      case 'FAILED':
        if (record.progress === 'created') await deleteCertificate(aws, thing, record.newCertificateId)
        return aws.notify(
          `${thing} found an error. Look at the status details. Old certificate is still active.`,
        )
      case 'TIMED_OUT':
        return timedOut(aws, thing, record)
    }
  }

/** Unreadable, or not deleted, or incomplete: all are taken for none. */
async function takeRecord(aws: AwsCalls, thing: string): Promise<Progress> {
  const none = { progress: 'none', oldCertificateId: '', newCertificateId: '' }
  const reported = await aws.readShadow(thing)
  try {
    await aws.deleteShadow(thing)
  } catch {
    return none
  }
  const { progress, oldCertificateId, newCertificateId } = reported ?? {}
  const isComplete =
    typeof progress === 'string' &&
    typeof oldCertificateId === 'string' &&
    typeof newCertificateId === 'string'
  return isComplete ? { progress, oldCertificateId, newCertificateId } : none
}

async function succeeded(aws: AwsCalls, thing: string, record: Progress): Promise<void> {
  if (record.progress === 'committed') return deleteCertificate(aws, thing, record.oldCertificateId)
  return aws.notify(`${thing} SUCCEEDED, which the record contradicts. Old certificate was not deleted.`)
}

async function timedOut(aws: AwsCalls, thing: string, record: Progress): Promise<void> {
  if (record.progress === 'committed') {
    return aws.notify(`${thing} went offline. Which certificate is in use is unknown; neither was deleted.`)
  }
  if (record.progress === 'created') await deleteCertificate(aws, thing, record.newCertificateId)
  return aws.notify(`${thing} went offline and its rotation was cancelled. Old certificate is still active.`)
}

/** Does nothing unless exactly two certificates are attached, of which this is one. */
async function deleteCertificate(aws: AwsCalls, thing: string, certificateId: string): Promise<void> {
  const principals = await aws.exclusivePrincipals(thing)
  const arn = principals.find(principal => principal.endsWith(certificateId))
  const areTwo = principals.length === 2 && principals.every(principal => principal.includes('cert'))
  if (!areTwo || arn === undefined) return
  if (await aws.isActive(certificateId)) await aws.deactivate(certificateId)
  await aws.detach(thing, arn)
  for (const policyName of await aws.policies(arn)) await aws.detachPolicy(arn, policyName)
  await aws.deleteCertificate(certificateId)
}
