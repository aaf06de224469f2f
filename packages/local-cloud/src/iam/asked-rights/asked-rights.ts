import { type Account, arn } from '../../account.ts'
import { AwsError } from '../../api/aws-error.ts'
import type { ObservedCall } from '../../api/call-hooks.ts'
import type { AskedRight } from '../role-authority.ts'
import { iotDataResources, iotJobsDataResources, iotResources } from './iot.ts'
import { field, fill, type ResourceForm } from './resource-forms.ts'

/** How a service's calls are judged. */
interface ServiceRights {
  /** The service's part of the action: `iot` for `iot:Publish`. */
  prefix: string
  /** The service's part of the ARNs. */
  arnService: string
  resources: Readonly<Record<string, readonly ResourceForm[]>>
  /** Actions that are not called like their operation. */
  actions?: Readonly<Record<string, string>>
}

const lambdaFunction = (call: ObservedCall) => [
  `function:${field(call, 'FunctionName')
    .replace(/^.*:function:/, '')
    .replace(/:\$LATEST$/, '')}`,
]
const queue = (call: ObservedCall) => [field(call, 'QueueUrl').split('/').at(-1) ?? '']
const topic = (call: ObservedCall) => [field(call, 'TopicArn') || field(call, 'TargetArn')]
const authority = ['{CertificateAuthorityArn}']

/** Sources: Service Authorization Reference, the pages of AWS Lambda, Amazon SNS, Amazon SQS and AWS Private CA. */
const services: Readonly<Record<string, ServiceRights>> = {
  iot: { prefix: 'iot', arnService: 'iot', resources: iotResources },
  iotdata: { prefix: 'iot', arnService: 'iot', resources: iotDataResources },
  'iot-jobs-data': { prefix: 'iotjobsdata', arnService: 'iot', resources: iotJobsDataResources },
  lambda: {
    prefix: 'lambda',
    arnService: 'lambda',
    actions: { Invoke: 'InvokeFunction' },
    resources: {
      DeleteFunctionConcurrency: [lambdaFunction],
      GetFunction: [lambdaFunction],
      GetFunctionConfiguration: [lambdaFunction],
      Invoke: [lambdaFunction],
      ListFunctions: [],
      PutFunctionConcurrency: [lambdaFunction],
      UpdateFunctionConfiguration: [lambdaFunction],
    },
  },
  sns: {
    prefix: 'sns',
    arnService: 'sns',
    resources: {
      ConfirmSubscription: [topic],
      CreateTopic: ['{Name}'],
      DeleteTopic: [topic],
      GetTopicAttributes: [topic],
      ListSubscriptionsByTopic: [topic],
      ListTopics: [],
      Publish: [topic],
      Subscribe: [topic],
      Unsubscribe: [],
    },
  },
  sqs: {
    prefix: 'sqs',
    arnService: 'sqs',
    actions: {
      ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
      DeleteMessageBatch: 'DeleteMessage',
      SendMessageBatch: 'SendMessage',
    },
    resources: {
      ChangeMessageVisibility: [queue],
      ChangeMessageVisibilityBatch: [queue],
      CreateQueue: ['{QueueName}'],
      DeleteMessage: [queue],
      DeleteMessageBatch: [queue],
      DeleteQueue: [queue],
      GetQueueAttributes: [queue],
      GetQueueUrl: ['{QueueName}'],
      ListQueues: [],
      PurgeQueue: [queue],
      ReceiveMessage: [queue],
      SendMessage: [queue],
      SendMessageBatch: [queue],
      SetQueueAttributes: [queue],
    },
  },
  'acm-pca': {
    prefix: 'acm-pca',
    arnService: 'acm-pca',
    resources: {
      CreateCertificateAuthority: [],
      DeleteCertificateAuthority: authority,
      DescribeCertificateAuthority: authority,
      GetCertificate: authority,
      GetCertificateAuthorityCertificate: authority,
      IssueCertificate: authority,
      RestoreCertificateAuthority: authority,
      RevokeCertificate: authority,
      UpdateCertificateAuthority: authority,
    },
  },
}

/** Whether it is known what an operation asks for; without that, no role may call it. */
export const isJudged = ({ service, name }: Pick<ObservedCall, 'service' | 'name'>): boolean =>
  services[service]?.resources[name] !== undefined

/** @throws AwsError for an operation of which this cloud does not know what it asks for */
export function askedRights(account: Account, call: ObservedCall): AskedRight[] {
  const service = services[call.service]
  const forms = service?.resources[call.name]
  if (service === undefined || forms === undefined)
    throw new AwsError(
      'AccessDeniedException',
      403,
      `This cloud does not know what ${call.service} asks for ${call.name}: no role may call it.`,
    )
  const { prefix, arnService, actions = {} } = service
  const named = forms
    .flatMap(form => fill(form, call))
    .map(resource => (resource.startsWith('arn:') ? resource : arn(account, arnService, resource)))
  const resources = named.length === 0 ? ['*'] : named
  const right = {
    action: `${prefix}:${actions[call.name] ?? call.name}`,
    resources,
    context: contextOf(account, call),
  }
  const isRetained = right.action === 'iot:Publish' && call.query.get('retain') === 'true'
  return isRetained ? [right, { ...right, action: 'iot:RetainPublish' }] : [right]
}

/** A certificate whose template is not said is made from the template for end entities. */
function contextOf({ partition }: Account, call: ObservedCall): Record<string, string> {
  if (call.service !== 'acm-pca' || call.name !== 'IssueCertificate') return {}
  const given = field(call, 'TemplateArn')
  return {
    'acm-pca:templatearn':
      given === '' ? `arn:${partition}:acm-pca:::template/EndEntityCertificate/V1` : given,
  }
}
