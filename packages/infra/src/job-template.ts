import { jobDocumentText, jobTemplateId } from '@rotator/protocol/names'
import { CfnJobTemplate } from 'aws-cdk-lib/aws-iot'
import { Construct } from 'constructs'

interface Pace {
  maximumPerMinute: number
  incrementFactor: number
  inProgressTimeoutInMinutes: number
}

/**
 * Attaching policies and issuing, 15 a second each, bind a rotation online, retiring, 10 a second, in the long run:
 * 450 a minute stay below 80 % of both. An hour leaves room for a slow restart and for asking again.
 */
const ours: Pace = { maximumPerMinute: 450, incrementFactor: 1.5, inProgressTimeoutInMinutes: 60 }

/** Version 1's template. AWS cannot change a template, so an upgrade in place must not touch it. */
const v1: Pace = { maximumPerMinute: 100, incrementFactor: 1.2, inProgressTimeoutInMinutes: 5 }

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
  })
}
