import { arn, defaultAccount } from '@rotator/local-cloud/account'
import { jobDocumentText, jobTemplateId } from '@rotator/protocol/names'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import { refusingPolicy } from './operators.ts'

const devicePolicy = 'Device'

const document = (effect: 'Allow' | 'Deny'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: effect, Action: 'iot:*', Resource: '*' }] })

/** What an account has before the first rotation. */
export function prepareAccount(cloud: SimulatedCloud): void {
  cloud.call('iot', 'CreatePolicy', { policyName: devicePolicy, policyDocument: document('Allow') })
  cloud.call('iot', 'CreatePolicy', { policyName: refusingPolicy, policyDocument: document('Deny') })
  cloud.call('iot', 'CreateJobTemplate', {
    jobTemplateId,
    document: jobDocumentText,
    description: 'rotation',
  })
  cloud.call('iot', 'UpdateEventConfigurations', {
    eventConfigurations: { JOB_EXECUTION: { Enabled: true } },
  })
}

export interface NewCertificate {
  certificateId: string
  certificateArn: string
  certificatePem: string
}

/** A thing with one certificate of its own. @returns the certificate in PEM */
export function createThing(cloud: SimulatedCloud, thingName: string, csr: string): string {
  cloud.call('iot', 'CreateThing', { thingName })
  return addCertificate(cloud, thingName, csr, true).certificatePem
}

/** A certificate as an operator makes it, attached to the thing. */
export function addCertificate(
  cloud: SimulatedCloud,
  thingName: string,
  csr: string,
  isExclusive: boolean,
): NewCertificate {
  const certificate = cloud.call('iot', 'CreateCertificateFromCsr', {
    certificateSigningRequest: csr,
    setAsActive: true,
  }) as NewCertificate
  const principal = certificate.certificateArn
  cloud.call('iot', 'AttachPolicy', { policyName: devicePolicy, target: principal })
  cloud.call('iot', 'AttachThingPrincipal', {
    thingName,
    principal,
    thingPrincipalType: isExclusive ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING',
  })
  return certificate
}

export interface JobWishes {
  retries: number
  timeoutMinutes: number
}

/** A continuous job on a group of its own name, so that a thing can also be removed from it. */
export function createJob(
  cloud: SimulatedCloud,
  jobId: string,
  things: readonly string[],
  { retries, timeoutMinutes }: JobWishes,
): void {
  cloud.call('iot', 'CreateThingGroup', { thingGroupName: jobId })
  for (const thingName of things) {
    cloud.call('iot', 'AddThingToThingGroup', { thingGroupName: jobId, thingName })
  }
  cloud.call('iot', 'CreateJob', {
    jobId,
    targets: [arn(defaultAccount, 'iot', `thinggroup/${jobId}`)],
    targetSelection: 'CONTINUOUS',
    document: jobDocumentText,
    timeoutConfig: { inProgressTimeoutInMinutes: timeoutMinutes },
    ...(retries > 0 && {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: retries }] },
    }),
  })
}

/** A job that is no rotation, as another team makes it; its own program would deal with it. */
export function createForeignJob(cloud: SimulatedCloud, jobId: string, thing: string): void {
  cloud.call('iot', 'CreateJob', {
    jobId,
    targets: [arn(defaultAccount, 'iot', `thing/${thing}`)],
    document: '{"operation":"SOMETHING_ELSE"}',
  })
}
