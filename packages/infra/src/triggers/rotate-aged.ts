import { permissions } from '@rotator/backend/rotate-aged/permissions'
import { Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import { sendingTo } from '../failed-events.ts'
import { nameOf, words } from '../names.ts'
import type { Surroundings } from '../surroundings.ts'
import { type TriggerFunctionProps, triggerFunction } from './trigger-function.ts'
import type { AgedSettings } from './trigger-settings.ts'

/** The schedule that has old certificates looked for, and the function that orders their rotation. */
export class RotateAged extends Construct {
  constructor(
    scope: Construct,
    id: string,
    surroundings: Surroundings,
    {
      schedule,
      afterDays,
      ...rest
    }: Pick<TriggerFunctionProps, 'thingGroup' | 'jobTemplateId'> & AgedSettings,
  ) {
    super(scope, id)
    const handler = triggerFunction(this, surroundings, {
      ...rest,
      word: words.rotateAged,
      folder: 'rotate-aged',
      permissions,
      afterDays,
    })
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        calls: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }),
            sendingTo(surroundings.failedEvents.queue),
          ],
        }),
      },
    })
    new CfnSchedule(this, 'Schedule', {
      name: nameOf(words.rotateAged),
      description: `Has certificates rotated that are older than ${afterDays} days`,
      scheduleExpression: schedule,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: handler.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: surroundings.failedEvents.queue.queueArn },
        // The same in every try of a run: the run is known by it.
        input: JSON.stringify({ scheduledTime: '<aws.scheduler.scheduled-time>' }),
      },
    })
  }
}
