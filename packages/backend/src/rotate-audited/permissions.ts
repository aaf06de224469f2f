import type { Permission } from '../permission.ts'
import { certificatePermissions, orderingPermissions } from '../triggers/permissions.ts'

/** What `main.ts` makes possible by the ports that it wires. */
export const permissions: readonly Permission[] = [
  { actions: ['iot:ListAuditFindings'], on: 'any' },
  ...certificatePermissions,
  ...orderingPermissions,
  { actions: ['lambda:InvokeFunction'], on: 'rotate-audited-function' },
]
