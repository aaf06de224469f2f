import { expect, test } from 'vitest'
import { synthesized } from './testing/synthesized.ts'

test('an upgrade in place leaves version 1’s job template as it was and puts ours beside it', () => {
  const { template } = synthesized({ UpgradeFromV1: 'true' })
  const templates = template.findResources('AWS::IoT::JobTemplate')
  expect(templates).toEqual({
    AWSLabsCertificateRotatorJobTemplate: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: {
        JobTemplateId: 'AWSLabsCertificateRotator',
        Description: 'Template for creating device certificate rotation jobs',
        Document: '{"operation":"ROTATE_CERTIFICATE"}',
        JobExecutionsRolloutConfig: {
          MaximumPerMinute: 100,
          ExponentialRolloutRate: {
            BaseRatePerMinute: 100,
            IncrementFactor: 1.2,
            RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
          },
        },
        TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
      },
    },
    AWSLabsCertificateRotatorJobTemplateV2: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: expect.objectContaining({
        JobTemplateId: 'AWSLabsCertificateRotatorV2',
        TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
      }),
    },
  })
})
