import { devicePhasesPage, recordTablePage } from './machine-pages.ts'
import { algorithmsPage, codesPage, differencesPage, faultsPage, topicsPage } from './reference-pages.ts'

/** Every generated page by its file, below the root of the repository. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/codes.md': codesPage,
  'docs/reference/algorithms.md': algorithmsPage,
  'docs/reference/topics.md': topicsPage,
  'docs/reference/device-phases.md': devicePhasesPage,
  'docs/reference/record-table.md': recordTablePage,
  'docs/reference/faults.md': faultsPage,
  'docs/local-cloud-differences.md': differencesPage,
}
