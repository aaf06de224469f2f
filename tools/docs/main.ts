import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFlags } from '../options/read-flags.ts'
import { pages } from './pages.ts'

const flags = readFlags(
  process.argv.slice(2),
  {
    name: 'docs',
    does: 'Writes the generated pages.',
    flags: { check: 'only tells which of them are stale' },
  },
  text => void process.stdout.write(text),
)
if (typeof flags === 'number') process.exit(flags)

// Writes the generated pages; with --check it only tells which of them are stale.
process.chdir(fileURLToPath(new URL('../../', import.meta.url)))
const isCheck = flags.has('check')
for (const [file, make] of Object.entries(pages)) {
  const text = make()
  if (isCheck && text !== present(file)) {
    process.stdout.write(`${file} is stale. Run npm run docs and commit it.\n`)
    process.exitCode = 1
  } else if (!isCheck) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

function present(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
