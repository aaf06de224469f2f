import type { Permission } from '../permission.ts'
import { orderingPermissions } from '../triggers/permissions.ts'

/** What `main.ts` makes possible by the ports that it wires. */
export const permissions: readonly Permission[] = orderingPermissions
