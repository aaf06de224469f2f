import type { Permission } from '../permission.ts'

/** What `main.ts` makes possible by the ports that it wires; the queue's own calls are its trigger's. */
export const permissions: readonly Permission[] = [
  {
    actions: ['iot:ListThingPrincipals', 'iot:ListThingPrincipalsV2', 'iot:DetachThingPrincipal'],
    on: 'any',
  },
  {
    actions: ['iot:DescribeCertificate', 'iot:UpdateCertificate', 'iot:DeleteCertificate'],
    on: 'certificates',
  },
  { actions: ['iot:GetThingShadow', 'iot:UpdateThingShadow'], on: 'records' },
  { actions: ['sns:Publish'], on: 'notifications' },
  { actions: ['sqs:SendMessage'], on: 'retire-queue' },
]
