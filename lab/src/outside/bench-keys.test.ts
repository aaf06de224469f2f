import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { algorithmPairs } from '@rotator/protocol/algorithms'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../world/repository-root.ts'

const entry = join(repositoryRoot, 'bench', 'src', 'main.ts')
const holders = ['files', 'SoftHSM2', 'TPM 2.0', 'openssl']

/** Greengrass cannot use it in a token. */
const hasNoPlaceInTokens = (algorithm: string): boolean => algorithm.startsWith('ECDSA-P521')

/** Each line of a table in such a text: what its first cell holds, then the others. */
const linesOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter(line => line.startsWith('│'))
    .map(line =>
      line
        .split('│')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )

test('the benchmark of keys shows a time for every algorithm and whoever can hold its key', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'keys', '--samples', '1'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const keyNames = [...new Set(algorithmPairs.map(({ keyAlgorithm }) => keyAlgorithm))]
  const requestNames = algorithmPairs.map(each => `${each.keyAlgorithm} ${each.signingAlgorithm}`)
  const time = expect.stringMatching(/^\d+\.\d$/u)
  const expected = (names: readonly string[]) => [
    ['', ...holders],
    ...names.map(name => [name, time, ...Array(2).fill(hasNoPlaceInTokens(name) ? '-' : time), time]),
  ]
  expect(linesOf(stdout)).toEqual([...expected(keyNames), ...expected(requestNames)])
})

test('a benchmark is not run with a number of samples that is none', () => {
  const { status, stderr } = spawnSync(process.execPath, [entry, 'keys', '--samples', 'few'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      "error: option '--samples <number>' argument 'few' is invalid. It takes a whole number above 0.\n",
  })
})
