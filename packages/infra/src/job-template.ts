import { jobDocumentText, jobTemplateId } from '@rotator/protocol/names'
import { CfnJobTemplate, type CfnJobTemplateProps } from 'aws-cdk-lib/aws-iot'
import { Construct } from 'constructs'
import { defaultRotationsPerMinute, type Settings } from './settings.ts'

interface Pace {
  maximumPerMinute: number
  incrementFactor: number
  inProgressTimeoutInMinutes: number
  whenItGoesWrong: Pick<CfnJobTemplateProps, 'abortConfig' | 'jobExecutionsRetryConfig'>
}

/**
 * A device that ran out of time was cut off or switched off, and gets two more tries: the record knows how to go on from
 * wherever the last one ended. One that FAILED has said why, and most of those reasons need a person: whoever wants it
 * tried again says so in the job.
 *
 * Where a fifth of the first twenty or more did not succeed, something is wrong with all of them: no further device begins.
 */
const whenItGoesWrong: Pace['whenItGoesWrong'] = {
  jobExecutionsRetryConfig: {
    retryCriteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }],
  },
  abortConfig: {
    CriteriaList: [
      { Action: 'CANCEL', FailureType: 'ALL', MinNumberOfExecutedThings: 20, ThresholdPercentage: 20 },
    ],
  },
}

/**
 * Attaching policies and issuing, 15 a second each, bind a rotation online, retiring, 10 a second, in the long run:
 * 450 a minute stay below 80 % of both, where a certificate has one policy. An hour leaves room for a slow restart and for
 * asking again.
 */
const ours = (maximumPerMinute: number): Pace => ({
  maximumPerMinute,
  incrementFactor: 1.5,
  inProgressTimeoutInMinutes: 60,
  whenItGoesWrong,
})

/** Version 1's template. AWS cannot change a template, so an upgrade in place must not touch it. */
const v1: Pace = {
  maximumPerMinute: 100,
  incrementFactor: 1.2,
  inProgressTimeoutInMinutes: 5,
  whenItGoesWrong: {},
}

export type TemplateChoice = Pick<Settings, 'upgradeFromV1' | 'rotationsPerMinute'>

/** Of the template that came with this backend and stays as long as it: when it was made, the backend came. */
export const ourTemplateId = ({ upgradeFromV1 }: Pick<Settings, 'upgradeFromV1'>): string =>
  upgradeFromV1 ? `${jobTemplateId}V2` : jobTemplateId

/** Of the template with the pace that was chosen. */
export const pacedTemplateId = ({ rotationsPerMinute, ...choice }: TemplateChoice): string =>
  rotationsPerMinute === defaultRotationsPerMinute
    ? ourTemplateId(choice)
    : `${jobTemplateId}-${rotationsPerMinute}PerMinute`

/**
 * The templates that operators create rotation jobs from. Beside version 1's ours has a name of its own.
 *
 * AWS CloudFormation makes another template for another pace, before it deletes the one before; under the same id it would
 * be refused. So a pace that is chosen makes a template named by it, beside the one that stays.
 */
export class JobTemplate extends Construct {
  constructor(scope: Construct, id: string, choice: TemplateChoice) {
    super(scope, id)
    const { upgradeFromV1, rotationsPerMinute } = choice
    template(this, 'Template', jobTemplateId, upgradeFromV1 ? v1 : ours(defaultRotationsPerMinute))
    if (upgradeFromV1) template(this, 'TemplateV2', ourTemplateId(choice), ours(defaultRotationsPerMinute))
    if (pacedTemplateId(choice) !== ourTemplateId(choice))
      template(this, 'PacedTemplate', pacedTemplateId(choice), ours(rotationsPerMinute))
  }
}

function template(scope: Construct, id: string, templateId: string, pace: Pace): void {
  new CfnJobTemplate(scope, id, {
    jobTemplateId: templateId,
    description: 'Template for creating device certificate rotation jobs',
    document: jobDocumentText,
    jobExecutionsRolloutConfig: {
      MaximumPerMinute: pace.maximumPerMinute,
      ExponentialRolloutRate: {
        BaseRatePerMinute: Math.min(100, pace.maximumPerMinute),
        IncrementFactor: pace.incrementFactor,
        RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
      },
    },
    timeoutConfig: { InProgressTimeoutInMinutes: pace.inProgressTimeoutInMinutes },
    ...pace.whenItGoesWrong,
  })
}
