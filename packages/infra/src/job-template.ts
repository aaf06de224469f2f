import { jobDocumentText, jobTemplateId } from '@rotator/protocol/names'
import { CfnJobTemplate, type CfnJobTemplateProps } from 'aws-cdk-lib/aws-iot'
import { Construct } from 'constructs'

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
 * 450 a minute stay below 80 % of both. An hour leaves room for a slow restart and for asking again.
 */
const ours: Pace = {
  maximumPerMinute: 450,
  incrementFactor: 1.5,
  inProgressTimeoutInMinutes: 60,
  whenItGoesWrong,
}

/** Version 1's template. AWS cannot change a template, so an upgrade in place must not touch it. */
const v1: Pace = {
  maximumPerMinute: 100,
  incrementFactor: 1.2,
  inProgressTimeoutInMinutes: 5,
  whenItGoesWrong: {},
}

/** Of the template that came with this backend. */
export const ourTemplateId = ({ upgradeFromV1 }: { upgradeFromV1: boolean }): string =>
  upgradeFromV1 ? `${jobTemplateId}V2` : jobTemplateId

/** The template that operators create rotation jobs from. Beside version 1's it has a name of its own. */
export class JobTemplate extends Construct {
  constructor(scope: Construct, id: string, { upgradeFromV1 }: { upgradeFromV1: boolean }) {
    super(scope, id)
    template(this, 'Template', jobTemplateId, upgradeFromV1 ? v1 : ours)
    if (upgradeFromV1) template(this, 'TemplateV2', ourTemplateId({ upgradeFromV1 }), ours)
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
        BaseRatePerMinute: 100,
        IncrementFactor: pace.incrementFactor,
        RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
      },
    },
    timeoutConfig: { InProgressTimeoutInMinutes: pace.inProgressTimeoutInMinutes },
    ...pace.whenItGoesWrong,
  })
}
