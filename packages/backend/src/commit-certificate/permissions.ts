import type { Permission } from '../permission.ts'

/** What `main.ts` makes possible by the ports that it wires. */
export const permissions: readonly Permission[] = [
  { actions: ['iot:ListThingPrincipals', 'iot:ListThingPrincipalsV2'], on: 'any' },
  { actions: ['iotjobsdata:DescribeJobExecution'], on: 'things' },
  { actions: ['iot:GetThingShadow', 'iot:UpdateThingShadow'], on: 'records' },
  { actions: ['iot:Publish'], on: 'commit-replies' },
  { actions: ['sns:Publish'], on: 'notifications' },
  { actions: ['sqs:SendMessage'], on: 'retire-queue' },
]
