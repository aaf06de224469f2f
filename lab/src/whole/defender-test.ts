import {
  CreateAuditSuppressionCommand,
  CreateSecurityProfileCommand,
  RegisterCertificateWithoutCACommand,
  StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot'
import { distinguishedName, issueCertificate, pemOf } from '@rotator/local-cloud/certificates/issue'
import type { Violation } from '@rotator/local-cloud/device-defender/detect'
import { testIssuer } from '@rotator/local-cloud/testing/device-fleet'
import { vulnerablePublicKey } from '@rotator/local-cloud/testing/vulnerable-key'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { createThing } from '../operator/registry.ts'
import { accountId } from '../world/lab.ts'
import type { CloudTrials } from './cloud-test.ts'
import { dayMs } from './trigger-test.ts'
import { thingGroup, topicArn } from './triggers-template.ts'
import type { World } from './world.ts'

/** Of the operator's, for Device Defender. */
const roleArn = `arn:aws:iam::${accountId}:role/DeviceDefender`

export const checks = [
  'DEVICE_CERTIFICATE_AGE_CHECK',
  'DEVICE_CERTIFICATE_EXPIRING_CHECK',
  'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
] as const

/** Switches the checks on, and has the ends of audits told on the topic that the backend hears. */
export async function enableAudits({ clients: { iot } }: World): Promise<void> {
  await iot.send(
    new UpdateAccountAuditConfigurationCommand({
      roleArn,
      auditCheckConfigurations: Object.fromEntries(checks.map(name => [name, { enabled: true }])),
      auditNotificationTargetConfigurations: {
        SNS: { targetArn: topicArn('audits'), roleArn, enabled: true },
      },
    }),
  )
}

export async function audit({ clients: { iot } }: World): Promise<void> {
  await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [...checks] }))
}

/** An operator wants to hear no more of a certificate's age. */
export async function suppressAge(
  { clients: { iot } }: World,
  deviceCertificateId: string,
  token: string,
): Promise<void> {
  await iot.send(
    new CreateAuditSuppressionCommand({
      checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
      resourceIdentifier: { deviceCertificateId },
      suppressIndefinitely: true,
      clientRequestToken: token,
    }),
  )
}

/** Registers a thing whose key an attacker can compute; a device with it would have come like that from its maker. */
export async function weakThing({ clients: { iot } }: World, thingName: string): Promise<void> {
  const nowMs = Date.now()
  const certificatePem = pemOf(
    'CERTIFICATE',
    issueCertificate(testIssuer(), {
      subject: distinguishedName([['CN', thingName]]),
      publicKeyInfo: vulnerablePublicKey(),
      notBefore: new Date(nowMs - dayMs),
      notAfter: new Date(nowMs + 3_000 * dayMs),
      purpose: 'client',
    }),
  )
  const { certificateArn = '' } = await iot.send(
    new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
  )
  await createThing(iot, {
    thingName,
    thingGroupName: thingGroup,
    policyName: devicePolicyName,
    certificateArn,
  })
}

/**
 * Has what things do watched, and violations told on the topic that the backend hears.
 *
 * @returns lets a thing send too many messages
 */
export async function watchThings({ clients, cloud }: World): Promise<(thingName: string) => Violation> {
  const [profile, behavior] = ['cores', 'too-many-messages']
  await clients.iot.send(
    new CreateSecurityProfileCommand({
      securityProfileName: profile,
      behaviors: [{ name: behavior, metric: 'aws:num-messages-sent' }],
      alertTargets: { SNS: { alertTargetArn: topicArn('anomalies'), roleArn } },
    }),
  )
  const { detect } = cloud.services.deviceDefender
  return thingName => detect.violate({ profile, behavior, thingName, count: 500 })
}

/** Says again what was last said on a topic, as Amazon SNS may. */
export function repeatLast({ world, after }: CloudTrials, name: 'audits' | 'anomalies'): () => void {
  let last: string | undefined
  after(
    world.cloud.observe(event => {
      if (event.kind === 'notification' && event.message.topicArn === topicArn(name))
        last = event.message.message
    }),
  )
  return () => {
    if (last === undefined) throw new Error(`Nothing was said on the topic ${name}.`)
    world.cloud.services.sns.publish({ topicArn: topicArn(name), message: last })
  }
}
