import { readFileSync } from 'node:fs'
import { attackFragments } from './attack-fragments.ts'
import { budgetPage } from './budget-page.ts'
import { hsmCodes, issuerCodes } from './codes-of-one-kind.ts'
import { codesPage } from './codes-page.ts'
import { customiseFragments } from './customise-fragments.ts'
import { devicePhasesPage } from './device-diagrams.ts'
import { devicePolicyFragment } from './device-policy-fragment.ts'
import { type Fragments, withFragments } from './fragments.ts'
import { keyFormatsPage } from './key-formats-page.ts'
import { messageTables } from './message-tables.ts'
import { powerLossPage } from './power-loss-page.ts'
import { priceFragment } from './price-fragment.ts'
import { proofFragments } from './proof-fragments.ts'
import { recordTablePage } from './record-diagram.ts'
import { algorithmsPage, differencesPage, faultsPage, topicsPage } from './reference-pages.ts'
import { timesTable } from './times-table.ts'

/** Pages that are wholly generated, by their files below the root of the repository. */
const generated: Readonly<Record<string, () => string>> = {
  'docs/reference/codes.md': codesPage,
  'docs/reference/algorithms.md': algorithmsPage,
  'docs/reference/key-formats.md': keyFormatsPage,
  'docs/reference/topics.md': topicsPage,
  'docs/reference/device-phases.md': devicePhasesPage,
  'docs/reference/record-table.md': recordTablePage,
  'docs/reference/power-loss.md': powerLossPage,
  'docs/reference/faults.md': faultsPage,
  'docs/reference/budget.md': budgetPage,
  'docs/local-cloud-differences.md': differencesPage,
}

/** Pages that people write around what is generated. */
const written: Readonly<Record<string, Fragments>> = {
  'docs/protocol.md': { ...messageTables, times: timesTable },
  'docs/threat-model.md': attackFragments,
  'docs/how-to/customise.md': customiseFragments,
  'docs/how-to/deploy.md': { 'device policy': devicePolicyFragment, prices: priceFragment },
  'docs/how-to/issue-by-private-ca.md': issuerCodes,
  'docs/how-to/keep-keys-in-an-hsm.md': hsmCodes,
  'docs/proof.md': proofFragments,
}

/** Every page as it should be now, by its file. */
export const pages: Readonly<Record<string, () => string>> = {
  ...generated,
  ...Object.fromEntries(
    Object.entries(written).map(([file, fragments]) => [
      file,
      () => withFragments(readFileSync(file, 'utf8'), fragments),
    ]),
  ),
}
