import { App, type Stack } from 'aws-cdk-lib'
import { readPipelineSettings } from '../pipeline/pipeline-settings.ts'
import { PipelineStack } from '../pipeline/pipeline-stack.ts'
import { readSettings } from '../settings.ts'
import { CertificateRotatorStack } from '../stack.ts'

const topic = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`

/** Everything that can be chosen. */
const everything = {
  PcaCaId: '12345678-1234-1234-1234-1234567890ab',
  PcaRevokeOnRetirement: true,
  TriggerThingGroup: 'cores',
  TriggerAfterDays: 365,
  TriggerAuditTopicArn: topic('audits'),
  TriggerAnomalyTopicArn: topic('anomalies'),
}

/**
 * The stacks that cdk-nag judges, by what is said of them.
 *
 * @param bundles the directory that `bundleHandlers` filled
 */
export function judgedStacks(bundles: string): Readonly<Record<string, Stack>> {
  const backend = (context: object) =>
    new CertificateRotatorStack(new App({ analyticsReporting: false }), readSettings({ ...context }), bundles)
  return {
    backend: backend({}),
    'backend with all that can be chosen': backend(everything),
    pipeline: new PipelineStack(new App({ analyticsReporting: false }), readPipelineSettings({})),
  }
}
