import { makeSoftHsm } from '@rotator/lab/tokens/softhsm'
import { missingFor, softhsmFiles, tpmFiles } from '@rotator/lab/tokens/token-programs'
import { makeTpm } from '@rotator/lab/tokens/tpm'
import { bindingCompilers } from '@rotator/lab/world/binding'
import { type Algorithms, algorithmPairs } from '@rotator/protocol/algorithms'
import Table from 'cli-table3'
import { median } from '../median.ts'
import { fileKeys } from './file-keys.ts'
import type { HeldKey, KeyHolder } from './key-holder.ts'
import { opensslKeys, opensslProgram } from './openssl-keys.ts'
import { tokenKeys } from './token-keys.ts'

const samples = 7

/** Milliseconds by holder, and within that by algorithm: a key's name, or a key's and what signs the request. */
type Times = Map<string, Map<string, number>>

/** How long a new key and a request take, in files and in each token, beside openssl, all in one run. */
export async function keys(write: (text: string) => void): Promise<void> {
  const needed = [...Object.values(softhsmFiles), ...Object.values(tpmFiles), ...bindingCompilers()]
  const missing = missingFor('The benchmark keys', [...needed, opensslProgram])
  if (missing !== undefined) throw new Error(missing)
  const holders = [fileKeys(), await tokenKeys(makeSoftHsm), await tokenKeys(makeTpm), opensslKeys()]
  const times: Times = new Map()
  try {
    for (const holder of holders) times.set(holder.name, await timesOf(holder))
  } finally {
    for (const holder of holders) await holder.close()
  }
  write(`Milliseconds, medians of ${samples}; openssl with the start of its process.\n`)
  write(`A new key:\n${table(times, keyNames)}\n`)
  write(`A signing request:\n${table(times, algorithmPairs.map(nameOf))}\n`)
}

const keyNames = [...new Set(algorithmPairs.map(({ keyAlgorithm }) => keyAlgorithm))]
const nameOf = ({ keyAlgorithm, signingAlgorithm }: Algorithms) => `${keyAlgorithm} ${signingAlgorithm}`

async function timesOf(holder: KeyHolder): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  for (const keyAlgorithm of keyNames) {
    const made: number[] = []
    let key: HeldKey | undefined
    for (let n = 0; n < samples; n += 1) {
      await key?.remove()
      made.push(
        await timed(async () => {
          key = await holder.makeKey(keyAlgorithm)
        }),
      )
    }
    if (key === undefined) continue
    times.set(keyAlgorithm, median(made))
    for (const pair of algorithmPairs.filter(each => each.keyAlgorithm === keyAlgorithm)) {
      times.set(nameOf(pair), median(await requestTimes(key, pair)))
    }
    await key.remove()
  }
  return times
}

async function requestTimes(key: HeldKey, { signingAlgorithm }: Algorithms): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < samples; n += 1) times.push(await timed(() => key.request(signingAlgorithm)))
  return times
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function table(times: Times, names: readonly string[]): string {
  const shown = new Table({ head: ['', ...times.keys()], style: { head: [], border: [] } })
  for (const name of names) {
    const row = [...times.values()].map(of => of.get(name)?.toFixed(1) ?? '-')
    shown.push([name, ...row])
  }
  return shown.toString()
}
