import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, test } from 'vitest'
import { assembliesFolder } from './artifacts.ts'
import { repositoryRoot } from './repository-root.ts'

/** Where `npm run synth` writes what is deployed. */
const deployed = 'cdk.out'

/** The sources of what runs backends for itself; tests from outside run the operators' own commands, in a checkout of theirs. */
const sources = ['lab/src', 'simulation/src', 'bench/src', 'fuzz/src'].flatMap(folder =>
  readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.startsWith(`outside${sep}`))
    .map(file => join(repositoryRoot, folder, file)),
)

test('no lab writes where operators deploy from: its settings delete certificates at once', () => {
  expect(sources.length).toBeGreaterThan(100)
  const synthesizing = sources.filter(file => /\bsynth\(/u.test(readFileSync(file, 'utf8')))
  expect(synthesizing).toContain(join(repositoryRoot, 'lab/src/world/artifacts.ts'))
  const writingThere = sources.filter(file => readFileSync(file, 'utf8').includes(`${deployed}'`))
  expect(writingThere.filter(file => file !== import.meta.filename)).toEqual([])
  expect(assembliesFolder).not.toContain(deployed)
})
