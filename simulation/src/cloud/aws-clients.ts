import { IoTClient } from '@aws-sdk/client-iot'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import type { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { SNSClient } from '@aws-sdk/client-sns'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Clients } from '@rotator/backend/wiring'
import { AwsError } from '@rotator/local-cloud/api/aws-error'

/** Carries out a call. @throws AwsError */
export type Perform = (
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<unknown>

/** The SDK's clients with everything between command and answer left out: it would cost more than all the rest. */
export function simulatedClients(perform: Perform): Clients & { lambda: LambdaClient } {
  const client = (service: string, prototype: object = Object.prototype): unknown =>
    Object.assign(Object.create(prototype), {
      async send({
        constructor: { name },
        input,
      }: {
        constructor: { name: string }
        input: Record<string, unknown>
      }) {
        try {
          return await perform(service, operationOf(name), input)
        } catch (error) {
          throw error instanceof AwsError ? asSdkError(error) : error
        }
      },
    })
  return {
    // Paginators look whether they were given a client of their own service.
    iot: client('iot', IoTClient.prototype) as IoTClient,
    data: client('iotdata') as IoTDataPlaneClient,
    jobs: client('iot-jobs-data') as IoTJobsDataPlaneClient,
    sns: client('sns') as SNSClient,
    sqs: client('sqs') as SQSClient,
    lambda: client('lambda') as LambdaClient,
  }
}

/** `AttachPolicyCommand` is the command of `AttachPolicy`. */
const operationOf = (commandName: string): string => commandName.slice(0, -'Command'.length)

const asSdkError = ({ code, status, message }: AwsError): Error =>
  Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status } })
