import { rejectionCodes } from '@rotator/protocol/rejection-codes'
import type { Fragments } from './fragments.ts'
import { alignedTable, code } from './markdown.ts'

/** What whoever issues by AWS Private CA may meet, from the table of codes. */
export const issuerCodes: Fragments = {
  'issuer codes': () =>
    alignedTable(
      ['code', 'meaning', 'what to do'],
      Object.entries(rejectionCodes)
        .filter(([name]) => name.startsWith('ISSUER_'))
        .map(([name, { meaning, operator }]) => [code(name), meaning, operator]),
    ),
}
