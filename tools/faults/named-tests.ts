import { globSync, readFileSync } from 'node:fs'
import { titleOfTest } from '@rotator/simulation/seeded/happening-test'
import { happenings } from '@rotator/simulation/seeded/happenings'

/** A test that carries the id of a fault in its name, as it stands in its file. */
export interface NamedTest {
  id: string
  name: string
  file: string
}

/** The local cloud and core are what the product is judged by; their own tests show nothing of it. */
const testFiles = [
  'packages/{protocol,rotation,component,backend,infra}/src/**/*.test.ts',
  'lab/src/**/*.test.ts',
  'simulation/src/**/*.test.ts',
  'fuzz/src/**/*.test.ts',
]

/** A string literal that starts with the ids of faults: `'M4: …'` or `"C1, C17: …"`. */
const literal =
  /(?<quote>['"`])(?<ids>[MCDA]\d+(?:, [MCDA]\d+)*): (?<rest>(?:\\.|(?!\k<quote>)[^\\\n])+)\k<quote>/gu

/** The tests of faults in the text of a file. */
export function namedTestsIn(file: string, text: string): NamedTest[] {
  return [...text.matchAll(literal)].flatMap(({ groups: { ids = '', rest = '' } = {} }) =>
    ids.split(', ').map(id => ({ id, file, name: `${ids}: ${rest.replaceAll(/\\(.)/gu, '$1')}` })),
  )
}

/** Their names are made from a table, so no literal has them. */
const happeningsFile = 'simulation/src/whole/happenings.test.ts'
const testsOfHappenings = (): NamedTest[] =>
  Object.entries(happenings).flatMap(([happening, { ids }]) =>
    ids.split(', ').map(id => ({ id, file: happeningsFile, name: `${ids}: ${titleOfTest(happening)}` })),
  )

/** Every test of a fault in the repository, by file, without running any. */
export function namedTests(): NamedTest[] {
  return globSync(testFiles)
    .toSorted()
    .flatMap(file =>
      file === happeningsFile ? testsOfHappenings() : namedTestsIn(file, readFileSync(file, 'utf8')),
    )
}
