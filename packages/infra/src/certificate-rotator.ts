import { permissions as commitPermissions } from '@rotator/backend/commit-certificate/permissions'
import { Stack } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { AccountSettings } from './account-settings.ts'
import { Alarms } from './alarms.ts'
import { createPermissionsFor } from './create-permissions.ts'
import { Dashboard } from './dashboard.ts'
import { DeviceRequest } from './device-request.ts'
import { environmentFor } from './environment.ts'
import { FailedEvents } from './failed-events.ts'
import { FinishRotation } from './finish-rotation.ts'
import { JobTemplate, ourTemplateId, pacedTemplateId } from './job-template.ts'
import { LoopDetection } from './loop-detection.ts'
import { words } from './names.ts'
import { Notifications } from './notifications.ts'
import { settingsOfProps } from './props-settings.ts'
import { RetireCertificate } from './retire-certificate.ts'
import { RetireQueue } from './retire-queue.ts'
import type { Settings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'
import { Sweep } from './sweep.ts'
import { Triggers } from './triggers/triggers.ts'

export interface CertificateRotatorProps {
  /** The directory that {@link bundleHandlers} filled. */
  bundles: string
  /** What is to be other than by default; see {@link Settings}. It is checked as the context of a synthesis is. */
  settings?: Partial<Settings>
  /**
   * A function of yours that issues, in place of AWS IoT: it gets an `IssueQuestion` and answers an `IssueAnswer`
   * (`@rotator/backend/issuers/own-issuer`) within 18 seconds, and the same certificate for the same token. Subject and key
   * of the certificate must be those of the request. Where it throws, the device asks again.
   */
  issuer?: IFunction
  /**
   * A function of yours that is asked before a certificate is issued: it gets a `CheckQuestion` and answers a `CheckAnswer`
   * (`@rotator/backend/create-certificate/own-check`) within 18 seconds. Where it throws, the device asks again.
   */
  check?: IFunction
  /**
   * A standard topic of yours that operators are told on, in place of the construct's. The policy of its key must let
   * principals of this account encrypt by Amazon SNS, as that of `alias/aws/sns` does.
   */
  notificationTopic?: ITopic
}

/**
 * The whole backend, for one account and region: devices find it by fixed topics and names, so there can be one of it.
 *
 * It knows no account, no region and no partition: one template serves all, the local cloud too.
 */
export class CertificateRotator extends Construct {
  /** Where operators are told of every rotation that did not succeed. */
  readonly notificationTopic: ITopic
  /** Of the job template that rotation jobs are created from: the one with the pace that was chosen. */
  readonly jobTemplateId: string

  constructor(scope: Construct, id: string, props: CertificateRotatorProps) {
    super(scope, id)
    const settings = settingsOfProps(props.settings ?? {})
    const createPermissions = createPermissionsFor(props, settings)
    const accountSettings = new AccountSettings(this, 'AccountSettings')
    this.notificationTopic = props.notificationTopic ?? new Notifications(this, 'Notifications').topic
    this.jobTemplateId = pacedTemplateId(settings)
    const alarms = new Alarms(this, 'Alarms')
    const retirements = new RetireQueue(this, 'RetireQueue', alarms)
    const failedEvents = new FailedEvents(this, 'FailedEvents', alarms)
    const own = {
      notificationTopicArn: this.notificationTopic.topicArn,
      retireQueueArn: retirements.queue.queueArn,
      jobTemplateId: ourTemplateId(settings),
      privateCaArn: privateCaArn(Stack.of(this), settings),
      issuerFunctionArn: props.issuer?.functionArn ?? '',
      checkFunctionArn: props.check?.functionArn ?? '',
    }
    const environment = environmentFor(settings, own, {
      dataEndpoint: accountSettings.dataEndpoint,
      certificateArnPrefix: Stack.of(this).formatArn({ service: 'iot', resource: 'cert', resourceName: '' }),
      retireQueueUrl: retirements.queue.queueUrl,
    })
    const surroundings: Surroundings = {
      bundles: props.bundles,
      environment,
      own,
      failedEvents,
      alarms,
      loopDetection: new LoopDetection(this, 'LoopDetection'),
    }

    new JobTemplate(this, 'JobTemplate', settings)
    new DeviceRequest(this, 'CreateCertificate', surroundings, {
      word: words.create,
      folder: 'create-certificate',
      request: 'create',
      permissions: createPermissions,
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
      triggers: settings.triggers,
    })
  }
}

const privateCaArn = (stack: Stack, { privateCa }: Settings): string =>
  privateCa === undefined
    ? ''
    : stack.formatArn({ service: 'acm-pca', resource: 'certificate-authority', resourceName: privateCa.id })
