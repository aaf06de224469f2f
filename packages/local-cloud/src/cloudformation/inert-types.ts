import { type Account, arn } from '../account.ts'
import { optionalText } from './property-input.ts'
import type { ResourceProvider, ResourceRequest } from './resource-provider.ts'

interface InertType {
  /** Why nothing has to happen. */
  reason: string
  /** The property that names it, if one does. */
  nameProperty?: string
  /** The service and the resource part of its ARN, for types that have one. */
  arn?: [service: string, prefix: string]
}

/** Types that a template may hold and that change nothing here. Every type that is neither here nor made is refused. */
export const inertTypes: Readonly<Record<string, InertType>> = {
  'AWS::CDK::Metadata': { reason: 'It tells AWS which constructs are in use.' },
  'AWS::CloudWatch::Alarm': {
    reason: 'There are no metrics here to watch.',
    nameProperty: 'AlarmName',
    arn: ['cloudwatch', 'alarm:'],
  },
  'AWS::CloudWatch::CompositeAlarm': {
    reason: 'There are no metrics here to watch.',
    nameProperty: 'AlarmName',
    arn: ['cloudwatch', 'alarm:'],
  },
  'AWS::CloudWatch::Dashboard': {
    reason: 'There are no metrics here to show.',
    nameProperty: 'DashboardName',
  },
  'AWS::KMS::Key': { reason: 'Nothing is stored encrypted here.', arn: ['kms', 'key/'] },
  'AWS::KMS::Alias': { reason: 'Nothing is stored encrypted here.', nameProperty: 'AliasName' },
  'AWS::Logs::MetricFilter': { reason: 'There are no metrics here.', nameProperty: 'FilterName' },
  'AWS::SNS::TopicPolicy': { reason: 'Policies of topics are not enforced here.' },
  'AWS::SQS::QueuePolicy': { reason: 'Policies of queues are not enforced here.' },
}

export function inertProvider(type: InertType, account: Account): ResourceProvider {
  const create = ({ properties, generatedName }: ResourceRequest) => {
    const physicalId =
      (type.nameProperty && optionalText(properties, type.nameProperty)) ?? generatedName(128)
    if (type.arn === undefined) return { physicalId, attributes: { Id: physicalId } }
    const [service, prefix] = type.arn
    const attributes = { Arn: arn(account, service, `${prefix}${physicalId}`), KeyId: physicalId }
    return { physicalId, attributes }
  }
  return { understands: [], passesOver: ['*'], create, update: create, delete: () => {} }
}
