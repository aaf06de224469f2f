import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  GetJobDocumentCommand,
  type IoTClient,
  ListPrincipalPoliciesCommand,
  ListThingPrincipalsV2Command,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'
import {
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  type IoTDataPlaneClient,
  PublishCommand,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane'
import { DescribeJobExecutionCommand, type IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import { PublishCommand as NotifyCommand, type SNSClient } from '@aws-sdk/client-sns'
import { recordShadowName } from '@rotator/protocol/names'

/** The AWS calls of version 1's functions, one each, with the parameters that it gives them. */
export type AwsCalls = ReturnType<typeof awsCalls>

export interface VersionOneClients {
  iot: IoTClient
  data: IoTDataPlaneClient
  jobs: IoTJobsDataPlaneClient
  sns: SNSClient
}

/** @param notificationTopicArn where operators are told of failures */
export const awsCalls = ({ iot, data, jobs, sns }: VersionOneClients, notificationTopicArn: string) => ({
  ...registryCalls(iot),
  ...shadowCalls(data),

  /** @returns undefined where Jobs does not answer with an execution, whatever the reason */
  async describeExecution(thingName: string, jobId: string) {
    const answer = await attempt(() =>
      jobs.send(new DescribeJobExecutionCommand({ thingName, jobId, includeJobDocument: true })),
    )
    return answer?.execution
  },

  async jobDocument(jobId: string): Promise<string | undefined> {
    return (await attempt(() => iot.send(new GetJobDocumentCommand({ jobId }))))?.document
  },

  async reply(topic: string, payload: object): Promise<void> {
    await data.send(new PublishCommand({ topic, qos: 0, payload: Buffer.from(JSON.stringify(payload)) }))
  },

  async notify(message: string): Promise<void> {
    const Subject = 'AWS Labs Certificate Rotator Notification'
    await sns.send(new NotifyCommand({ TopicArn: notificationTopicArn, Subject, Message: message }))
  },
})

/** Version 1 takes a failing read for an empty answer. */
async function attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch {
    return undefined
  }
}

const shadowCalls = (data: IoTDataPlaneClient) => ({
  /** @returns what is reported; undefined where there is no shadow, or it cannot be read */
  async readShadow(thingName: string): Promise<Record<string, unknown> | undefined> {
    const answer = await attempt(() =>
      data.send(new GetThingShadowCommand({ thingName, shadowName: recordShadowName })),
    )
    if (answer === undefined) return undefined
    const shadow: { state?: { reported?: Record<string, unknown> } } = JSON.parse(
      new TextDecoder().decode(answer.payload),
    )
    return shadow.state?.reported
  },

  /** Conditional on nothing. */
  async updateShadow(thingName: string, reported: object): Promise<void> {
    const payload = Buffer.from(JSON.stringify({ state: { reported } }))
    await data.send(new UpdateThingShadowCommand({ thingName, shadowName: recordShadowName, payload }))
  },

  async deleteShadow(thingName: string): Promise<void> {
    await data.send(new DeleteThingShadowCommand({ thingName, shadowName: recordShadowName }))
  },
})

const registryCalls = (iot: IoTClient) => ({
  /** ARNs of the first page of what is attached exclusively; nothing where the list cannot be read. */
  async exclusivePrincipals(thingName: string): Promise<string[]> {
    const page = await attempt(() =>
      iot.send(new ListThingPrincipalsV2Command({ thingName, thingPrincipalType: 'EXCLUSIVE_THING' })),
    )
    const exclusive = page?.thingPrincipalObjects?.filter(one => one.thingPrincipalType === 'EXCLUSIVE_THING')
    return exclusive?.flatMap(({ principal }) => principal ?? []) ?? []
  },

  async issue(csr: string) {
    const answer = await iot.send(
      new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
    )
    const { certificateId = '', certificateArn = '', certificatePem = '' } = answer
    return { certificateId, certificateArn, certificatePem }
  },

  async policies(principal: string): Promise<string[]> {
    const page = await iot.send(new ListPrincipalPoliciesCommand({ principal }))
    return page.policies?.flatMap(({ policyName }) => policyName ?? []) ?? []
  },

  async attachPolicy(target: string, policyName: string): Promise<void> {
    await iot.send(new AttachPolicyCommand({ policyName, target }))
  },

  async detachPolicy(target: string, policyName: string): Promise<void> {
    await iot.send(new DetachPolicyCommand({ policyName, target }))
  },

  async attach(thingName: string, principal: string): Promise<void> {
    await iot.send(
      new AttachThingPrincipalCommand({ thingName, principal, thingPrincipalType: 'EXCLUSIVE_THING' }),
    )
  },

  async detach(thingName: string, principal: string): Promise<void> {
    await iot.send(new DetachThingPrincipalCommand({ thingName, principal }))
  },

  async isActive(certificateId: string): Promise<boolean> {
    const answer = await iot.send(new DescribeCertificateCommand({ certificateId }))
    return answer.certificateDescription?.status === 'ACTIVE'
  },

  async deactivate(certificateId: string): Promise<void> {
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
  },

  /** Without force: refused for as long as a thing or a policy is attached. */
  async deleteCertificate(certificateId: string): Promise<void> {
    await iot.send(new DeleteCertificateCommand({ certificateId }))
  },
})
