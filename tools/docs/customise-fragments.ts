import { readFileSync } from 'node:fs'
import type { Fragments } from './fragments.ts'

/** What `docs/how-to/customise.md` takes from the code: a file that is type-checked and tested, and the shapes of messages. */
export const customiseFragments: Fragments = {
  'own stack': () =>
    code(
      fileOf('packages/infra/src/examples/own-stack.ts').replace(
        "'../certificate-rotator.ts'",
        "'@rotator/infra/certificate-rotator'",
      ),
    ),
  'own issuer': () => {
    const source = fileOf('packages/backend/src/issuers/own-issuer.ts')
    return code(between(source, '/** What the operators', 'export type IssueAnswer'))
  },
  'own check': () => {
    const source = fileOf('packages/backend/src/create-certificate/own-check.ts')
    return code(between(source, '/** What the operators', 'export type CheckAnswer'))
  },
}

const fileOf = (path: string): string => readFileSync(path, 'utf8')

const code = (text: string): string => `\`\`\`ts\n${text.trim()}\n\`\`\``

function between(text: string, from: string, to: string): string {
  const [start, end] = [text.indexOf(from), text.indexOf(to)]
  if (start < 0 || end < start) throw new Error(`The code has no "${from}" before "${to}" any more.`)
  return text.slice(start, end)
}
