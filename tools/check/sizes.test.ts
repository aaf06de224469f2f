import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { oversized } from './sizes.ts'

/** A checkout as AWS CodePipeline hands it on: without git. */
function checkout(files: Readonly<Record<string, number>>): string {
  const root = mkdtempSync(join(tmpdir(), 'sizes-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [file, lines] of Object.entries({ 'packages/none/package.json': 1, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '\n'.repeat(lines))
  }
  return root
}

test('files within their limits are not named, in a checkout without git', () => {
  const root = checkout({ 'packages/a/src/small.ts': 100, 'lab/src/b.test.ts': 600, 'tools/c.ts': 10 })
  expect(oversized(root)).toEqual([])
})

test('each file over its limit is named, wherever it is', () => {
  const root = checkout({
    'packages/a/src/deep/long.ts': 401,
    'packages/a/src/main.ts': 21,
    'lab/src/long.test.ts': 601,
    'tools/long.ts': 401,
    'packages/a/src/one.ts': 1,
    'packages/a/src/two.ts': 1,
    'packages/a/src/three.ts': 1,
  })
  expect(oversized(root).toSorted()).toEqual([
    'lab/src/long.test.ts has 601 lines; the limit is 600.',
    'packages/a/src/deep/long.ts has 401 lines; the limit is 400.',
    'packages/a/src/main.ts has 21 lines; the limit is 20.',
    'tools/long.ts has 401 lines; the limit is 400.',
  ])
})

test('a median that is too long is said', () => {
  expect(oversized(checkout({ 'packages/a/src/x.ts': 101 }))).toEqual([
    'The median source file has more than 100 lines.',
  ])
})
