import type { ActionOperation } from '../api/operation.ts'
import { authorityOperations, type PrivateCaDependencies } from './authority-operations.ts'
import { certificateOperations } from './certificate-operations.ts'

/** AWS Private CA over AWS JSON, as `ACMPrivateCA.*`. */
export function privateCaActions(deps: PrivateCaDependencies): ActionOperation[] {
  return Object.entries({ ...authorityOperations, ...certificateOperations }).map(([name, run]) => ({
    service: 'acm-pca',
    name,
    handle: input => run(deps, input),
  }))
}
