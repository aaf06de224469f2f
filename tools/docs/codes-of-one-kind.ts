import { deviceFailureCodes } from '@rotator/protocol/failure-codes'
import { rejectionCodes } from '@rotator/protocol/rejection-codes'
import type { Fragments } from './fragments.ts'
import { alignedTable, code } from './markdown.ts'

/** What whoever issues by AWS Private CA may meet. */
export const issuerCodes: Fragments = { 'issuer codes': () => codesFrom(rejectionCodes, 'ISSUER_') }

/** What whoever keeps keys in an HSM may meet. */
export const hsmCodes: Fragments = { 'HSM codes': () => codesFrom(deviceFailureCodes, 'HSM_') }

type Codes = Readonly<Record<string, { meaning: string; operator: string }>>

const codesFrom = (codes: Codes, prefix: string): string =>
  alignedTable(
    ['code', 'meaning', 'what to do'],
    Object.entries(codes)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { meaning, operator }]) => [code(name), meaning, operator]),
  )
