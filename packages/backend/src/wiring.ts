import { setTimeout as sleep } from 'node:timers/promises'
import type { IoTClient } from '@aws-sdk/client-iot'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import type { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import type { SNSClient } from '@aws-sdk/client-sns'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { certificateArns } from './aws/certificate-arns.ts'
import type { Environment } from './aws/environment.ts'
import { iotExecutions } from './aws/executions.ts'
import { snsOperators } from './aws/operators.ts'
import { shadowRecordStore } from './aws/record-store.ts'
import { iotRegistry, type Registry } from './aws/registry.ts'
import { iotReplies, type Replies } from './aws/replies.ts'
import { sqsRetirements } from './aws/retirements.ts'
import type { ConsequencePorts } from './consequences.ts'

export interface Clients {
  iot: IoTClient
  data: IoTDataPlaneClient
  jobs: IoTJobsDataPlaneClient
  sns: SNSClient
  sqs: SQSClient
}

/** The ports of what decides and carries out, on AWS. */
export function awsPorts(
  environment: Environment,
  { iot, data, jobs, sns, sqs }: Clients,
): ConsequencePorts & { registry: Registry; replies: Replies } {
  return {
    registry: iotRegistry(iot, certificateArns(environment.text('CERTIFICATE_ARN_PREFIX'))),
    records: shadowRecordStore(data),
    replies: iotReplies(data),
    executions: iotExecutions(jobs),
    operators: snsOperators(sns, environment.text('NOTIFICATION_TOPIC_ARN')),
    retirements: sqsRetirements(sqs, environment.text('RETIRE_QUEUE_URL')),
    retireDelaySeconds: environment.seconds('RETIRE_DELAY_SECONDS'),
    now: Date.now,
    pause: ms => sleep(ms),
  }
}
