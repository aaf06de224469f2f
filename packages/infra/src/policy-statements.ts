import type { Permission, PermissionTarget } from '@rotator/backend/permission'
import { jobTemplateId, recordShadowName } from '@rotator/protocol/names'
import { ArnFormat, type Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { nameOf, words } from './names.ts'

/** ARNs of what the stack made itself. */
export interface OwnResources {
  notificationTopicArn: string
  retireQueueArn: string
  jobTemplateId: string
  /** Not its own, but its one; empty where AWS IoT issues, and nothing is allowed on it. */
  privateCaArn: string
  /** Functions of the operators' own; empty where there is none. */
  issuerFunctionArn: string
  checkFunctionArn: string
}

/** The statements of a role for exactly these calls. */
export const policyStatements = (
  stack: Stack,
  permissions: readonly Permission[],
  own: OwnResources,
): PolicyStatement[] =>
  permissions.map(
    ({ actions, on, when = {} }) =>
      new PolicyStatement({ actions: [...actions], resources: arnsOf(stack, on, own), conditions: when }),
  )

function arnsOf(stack: Stack, target: PermissionTarget, own: OwnResources): string[] {
  const iot = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'iot', resource, resourceName })
  const replies = (request: 'create' | 'commit') =>
    ['accepted', 'rejected'].map(verdict =>
      iot('topic', `awslabs/things/*/certificate/${request}/${verdict}`),
    )
  switch (target) {
    case 'any':
      return ['*']
    case 'certificates':
      return [iot('cert', '*')]
    case 'things':
      return [iot('thing', '*')]
    case 'records':
      // Of all shadows of a thing this one alone: by another, other products are told what to do.
      return [iot('thing', `*/${recordShadowName}`)]
    case 'create-replies':
      return replies('create')
    case 'commit-replies':
      return replies('commit')
    case 'notifications':
      return [own.notificationTopicArn]
    case 'retire-queue':
      return [own.retireQueueArn]
    case 'private-ca':
      return [own.privateCaArn]
    case 'own-issuer':
      return [own.issuerFunctionArn]
    case 'own-check':
      return [own.checkFunctionArn]
    case 'jobs':
      return [iot('job', '*')]
    case 'job-template':
      return [iot('jobtemplate', own.jobTemplateId)]
    case 'triggered-jobs':
      return [iot('job', `${jobTemplateId}-*`)]
    case 'sweep-function':
      return [functionArn(stack, words.sweep)]
    case 'rotate-aged-function':
      return [functionArn(stack, words.rotateAged)]
    case 'rotate-audited-function':
      return [functionArn(stack, words.rotateAudited)]
  }
}

/** By its name: its role is made before it. */
const functionArn = (stack: Stack, word: string): string =>
  stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: nameOf(word),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
