import { targets } from '@rotator/fuzz/targets'
import { faultKinds } from '@rotator/lab/chaos/tally'
import { mutants } from '@rotator/simulation/mutants/catalogue'
import type { Fragments } from './fragments.ts'
import { alignedTable, code } from './markdown.ts'

/** What `docs/proof.md` takes from the code: the lists that grow. */
export const proofFragments: Fragments = {
  'broken designs': () =>
    alignedTable(
      ['mutant', 'what it does wrong'],
      mutants.map(({ name, breaks }) => [code(name), breaks]),
    ),
  'kinds of chaos': () => faultKinds.map(code).join(', '),
  parsers: () => targets.map(({ name }) => code(name)).join(', '),
}
