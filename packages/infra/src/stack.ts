import type { EnvironmentName } from '@rotator/backend/aws/environment'
import { permissions as commitPermissions } from '@rotator/backend/commit-certificate/permissions'
import { permissions as createPermissions } from '@rotator/backend/create-certificate/permissions'
import { awsIotPermissions, privateCaPermissions } from '@rotator/backend/issuers/permissions'
import { stackName } from '@rotator/protocol/names'
import { type App, Stack } from 'aws-cdk-lib'
import { AccountSettings } from './account-settings.ts'
import { Alarms } from './alarms.ts'
import { Dashboard } from './dashboard.ts'
import { DeviceRequest } from './device-request.ts'
import { FailedEvents } from './failed-events.ts'
import { FinishRotation } from './finish-rotation.ts'
import { JobTemplate, ourTemplateId } from './job-template.ts'
import { nameOf, words } from './names.ts'
import { Notifications } from './notifications.ts'
import { privateCaEnvironment } from './private-ca-environment.ts'
import { RetireCertificate } from './retire-certificate.ts'
import { RetireQueue } from './retire-queue.ts'
import type { Settings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'
import { Sweep } from './sweep.ts'
import { Triggers } from './triggers/triggers.ts'
import { keepV1LogicalIds } from './v1-logical-ids.ts'

/**
 * The whole backend. It knows no account and no region: one template serves all, the local cloud too.
 *
 * @param bundles the directory that {@link bundleHandlers} filled
 */
export class CertificateRotatorStack extends Stack {
  constructor(app: App, settings: Settings, bundles: string) {
    super(app, stackName, { description: 'Rotates the certificates of AWS IoT Greengrass core devices' })
    const { dataEndpoint } = new AccountSettings(this, 'AccountSettings')
    const { topic } = new Notifications(this, 'Notifications')
    const alarms = new Alarms(this, 'Alarms')
    const retirements = new RetireQueue(this, 'RetireQueue', alarms)
    const failedEvents = new FailedEvents(this, 'FailedEvents', alarms)
    const { privateCa } = settings
    const privateCaArn = privateCa
      ? this.formatArn({
          service: 'acm-pca',
          resource: 'certificate-authority',
          resourceName: privateCa.id,
        })
      : ''
    const environment: Record<EnvironmentName, string> = {
      IOT_DATA_ENDPOINT: dataEndpoint,
      CERTIFICATE_ARN_PREFIX: this.formatArn({ service: 'iot', resource: 'cert', resourceName: '' }),
      NOTIFICATION_TOPIC_ARN: topic.topicArn,
      RETIRE_QUEUE_URL: retirements.queue.queueUrl,
      RETIRE_DELAY_SECONDS: String(settings.retireDelaySeconds),
      RETIRE_HOLD_SECONDS: String(settings.retireHoldSeconds),
      ...privateCaEnvironment(privateCaArn, privateCa),
      JOB_TEMPLATE_ID: ourTemplateId(settings),
      SWEEP_FUNCTION_NAME: nameOf(words.sweep),
      SWEEP_EVERY_SECONDS: String(settings.sweepEveryMinutes * 60),
      SWEEP_ROUND_SECONDS: String(settings.sweepRoundMinutes * 60),
      SWEEP_GRACE_SECONDS: String(settings.sweepGraceSeconds),
    }
    const own = {
      notificationTopicArn: topic.topicArn,
      retireQueueArn: retirements.queue.queueArn,
      privateCaArn,
    }
    const surroundings: Surroundings = { bundles, environment, own, failedEvents, alarms }

    new JobTemplate(this, 'JobTemplate', settings)
    new DeviceRequest(this, 'CreateCertificate', surroundings, {
      word: words.create,
      folder: 'create-certificate',
      request: 'create',
      permissions: [...createPermissions, ...(privateCa ? privateCaPermissions : awsIotPermissions)],
    })
    new DeviceRequest(this, 'CommitCertificate', surroundings, {
      word: words.commit,
      folder: 'commit-certificate',
      request: 'commit',
      permissions: commitPermissions,
    })
    new FinishRotation(this, 'FinishRotation', surroundings)
    new RetireCertificate(this, 'RetireCertificate', surroundings, retirements, settings)
    new Sweep(this, 'Sweep', surroundings, settings)
    new Triggers(this, 'Triggers', surroundings, settings)
    new Dashboard(this, 'Dashboard', {
      retireQueue: retirements.queue,
      failed: [failedEvents.queue, retirements.failed],
    })
    keepV1LogicalIds(this)
  }
}
