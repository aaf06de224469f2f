import type { Permission } from '../permission.ts'

/** What a check of the operators' own needs. */
export const ownCheckPermissions: readonly Permission[] = [
  { actions: ['lambda:InvokeFunction'], on: 'own-check' },
]

/** What `main.ts` makes possible by the ports that it wires, whoever issues. */
export const permissions: readonly Permission[] = [
  // ListThingPrincipalsV2 is documented under the older action, and has one of its own name.
  { actions: ['iot:ListThingPrincipals', 'iot:ListThingPrincipalsV2'], on: 'any' },
  { actions: ['iot:ListAttachedPolicies', 'iot:AttachThingPrincipal'], on: 'any' },
  { actions: ['iot:DescribeCertificate', 'iot:AttachPolicy'], on: 'certificates' },
  { actions: ['iotjobsdata:DescribeJobExecution'], on: 'things' },
  { actions: ['iot:GetThingShadow', 'iot:UpdateThingShadow'], on: 'records' },
  { actions: ['iot:Publish'], on: 'create-replies' },
  { actions: ['sns:Publish'], on: 'notifications' },
  { actions: ['sqs:SendMessage'], on: 'retire-queue' },
]
