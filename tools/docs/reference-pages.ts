import { globSync, readFileSync } from 'node:fs'
import { keyAlgorithms, signingAlgorithms } from '@rotator/protocol/algorithms'
import { subscriptions } from '@rotator/protocol/topics'
import { catalogue } from '../faults/catalogue.ts'
import { type NamedTest, namedTests } from '../faults/named-tests.ts'
import { code, markdownTable, page } from './markdown.ts'

export function algorithmsPage(): string {
  const fitting = (family: string) =>
    Object.entries(signingAlgorithms).flatMap(([name, of]) => (of.family === family ? [code(name)] : []))
  return page(
    'Key and signing algorithms',
    'Settings `keyAlgorithm` and `signingAlgorithm` of the component; a job document may override them for its job. The default is `RSA-2048` with `SHA256WITHRSA`. Every key goes with each signing algorithm of its row.',
    markdownTable(
      ['keyAlgorithm', 'signingAlgorithm'],
      Object.entries(keyAlgorithms).map(([name, { family }]) => [code(name), fitting(family).join(', ')]),
    ),
    'Windows and HSMs [cannot use all of them](key-formats.md). A name that is unknown, a pair that is not in the table and a key that the device cannot use are refused before a deployment of them is accepted, and before a job with them makes anything.',
  )
}

export function topicsPage(): string {
  const thing = '{thingName}' as Parameters<typeof subscriptions>[0]
  return page(
    'Topics',
    'What the component subscribes to, all at QoS 1:',
    subscriptions(thing)
      .map(topic => `- ${code(topic)}`)
      .join('\n'),
    'Replies come on the topic of their request, followed by `/accepted` or `/rejected`.',
  )
}

export function faultsPage(): string {
  const tests = namedTests()
  return page(
    'Faults and their outcomes',
    'Each fault has an id that the tests of it carry in their names. `npm run faults` runs them and counts how often each fault really happened.',
    markdownTable(
      ['id', 'fault', 'outcome'],
      Object.entries(catalogue).map(([id, { fault, outcome, open }]) => [
        tests.some(test => test.id === id) ? `[${id}](#${id.toLowerCase()})` : id,
        fault,
        open === undefined ? outcome : `${outcome} (open: ${open})`,
      ]),
    ),
    'Their tests, by file. Those in `lab/src/outside` need root and run with `npm run test:outside`.',
    ...Object.keys(catalogue).flatMap(id => testsOf(tests.filter(test => test.id === id))),
  )
}

function testsOf(tests: readonly NamedTest[]): string[] {
  const [first] = tests
  if (first === undefined) return []
  const files = [...new Set(tests.map(({ file }) => file))]
  return [
    `## ${first.id}`,
    ...files.map(file => {
      const own = new Set(tests.filter(test => test.file === file).map(({ name }) => name))
      return `[${file}](../../${file})\n\n${[...own].map(name => `- ${name}`).join('\n')}`
    }),
  ]
}

export function differencesPage(): string {
  const files = globSync('packages/local-{cloud,core}/src/**/DIFFERENCES.md').toSorted()
  return page(
    'What is knowingly different from AWS',
    'The local cloud and the local core imitate AWS IoT and Greengrass on their wire protocols. These differences are known; anything else that differs is a defect.',
    ...files.map(file => `## ${sectionTitle(file)}\n\n${withoutTitle(readFileSync(file, 'utf8'))}`),
  )
}

const withoutTitle = (text: string): string =>
  text
    .replace(/^# .*$/mu, '')
    .replaceAll(/^##/gmu, '###')
    .trim()

/** `packages/local-cloud/src/jobs/DIFFERENCES.md` is about the jobs of the local cloud. */
function sectionTitle(file: string): string {
  const [, name = '', , service] = file.split('/')
  return service === 'DIFFERENCES.md' || service === undefined ? name : `${name}: ${service}`
}
