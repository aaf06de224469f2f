import { catalogue } from '../faults/catalogue.ts'
import { type NamedTest, namedTests } from '../faults/named-tests.ts'
import { devicePolicyFragment } from './device-policy-fragment.ts'
import type { Fragments } from './fragments.ts'

const attacks = Object.entries(catalogue).filter(([id]) => id.startsWith('A'))

/** What `docs/threat-model.md` takes from the code: the policy, and for each attack the tests that show the defence. */
export const attackFragments: Fragments = {
  'device policy': devicePolicyFragment,
  ...Object.fromEntries(attacks.map(([id]) => [`tests of ${id}`, () => testsOf(id)])),
}

/** The tests of the whole by their names; of those of a part, which need their context, the files. */
function testsOf(id: string): string {
  const files = Map.groupBy(
    namedTests().filter(test => test.id === id),
    ({ file }) => file,
  )
  const [whole, parts] = [[...files].filter(isOfTheWhole), [...files].filter(file => !isOfTheWhole(file))]
  const named = (whole.length > 0 ? whole : parts).map(
    ([file, tests]) => `- ${[...new Set(tests.map(nameAlone))].join('; ')} (${link(file)})`,
  )
  const others =
    whole.length > 0 && parts.length > 0
      ? [`- in its parts: ${parts.map(([file]) => link(file)).join(', ')}`]
      : []
  const open = catalogue[id]?.open
  return [...named, ...others, ...(open === undefined ? [] : [`- still open: ${open}`])].join('\n')
}

const isOfTheWhole = ([file]: [string, unknown]): boolean => file.startsWith('lab/')

const nameAlone = ({ name }: NamedTest): string =>
  name.replace(/^[A-Z\d, ]+: /u, '').replaceAll(/ ?%[a-z]/gu, ' …')

const link = (file: string): string => `[${file.split('/').at(-1)}](../${file})`
