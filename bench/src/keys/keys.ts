import { makeSoftHsm } from '@rotator/lab/tokens/softhsm'
import { missingFor, softhsmFiles, tpmFiles } from '@rotator/lab/tokens/token-programs'
import { makeTpm } from '@rotator/lab/tokens/tpm'
import { bindingCompilers } from '@rotator/lab/world/binding'
import { type Algorithms, algorithmPairs, type KeyAlgorithm } from '@rotator/protocol/algorithms'
import Table from 'cli-table3'
import { median } from '../median.ts'
import { fileKeys } from './file-keys.ts'
import type { HeldKey, KeyHolder } from './key-holder.ts'
import { opensslKeys, opensslProgram, opensslStart } from './openssl-keys.ts'
import { tokenKeys } from './token-keys.ts'

/** Milliseconds by algorithm (a key's name, or a key's and what signs the request), and within that by holder. */
type Times = Map<string, Map<string, number>>

/** How long a new key and a request take, in files and in each token, beside openssl, all in one run. */
export async function keys(write: (text: string) => void, samples = 7): Promise<void> {
  const needed = [...Object.values(softhsmFiles), ...Object.values(tpmFiles), ...bindingCompilers()]
  const missing = missingFor('The benchmark keys', [...needed, opensslProgram])
  if (missing !== undefined) throw new Error(missing)
  const holders = [fileKeys(), await tokenKeys(makeSoftHsm), await tokenKeys(makeTpm), opensslKeys()]
  const times: Times = new Map()
  try {
    for (const keyAlgorithm of keyNames) await measure(keyAlgorithm, holders, times, samples)
    const start = median(await timesOf(opensslStart, samples))
    write(
      `Milliseconds, medians of ${samples}. openssl is a process each time, whose start alone takes ${start.toFixed(1)}.\n`,
    )
  } finally {
    for (const holder of holders) await holder.close()
  }
  const names = holders.map(({ name }) => name)
  write(`A new key:\n${table(times, names, keyNames)}\n`)
  write(`A signing request:\n${table(times, names, algorithmPairs.map(nameOf))}\n`)
}

const keyNames = [...new Set(algorithmPairs.map(({ keyAlgorithm }) => keyAlgorithm))]
const nameOf = ({ keyAlgorithm, signingAlgorithm }: Algorithms) => `${keyAlgorithm} ${signingAlgorithm}`

/** In turn, so that whatever else the machine does meanwhile is equally in the way of all. */
async function measure(
  keyAlgorithm: KeyAlgorithm,
  holders: readonly KeyHolder[],
  times: Times,
  samples: number,
): Promise<void> {
  const held = new Map<KeyHolder, HeldKey>()
  const made = await inTurn(holders, samples, async holder => {
    await held.get(holder)?.remove()
    return timed(async () => {
      const key = await holder.makeKey(keyAlgorithm)
      if (key !== undefined) held.set(holder, key)
    })
  })
  times.set(keyAlgorithm, mediansOf(made, held))
  for (const pair of algorithmPairs.filter(each => each.keyAlgorithm === keyAlgorithm)) {
    const requested = await inTurn([...held.keys()], samples, holder =>
      timed(async () => held.get(holder)?.request(pair.signingAlgorithm)),
    )
    times.set(nameOf(pair), mediansOf(requested, held))
  }
  for (const key of held.values()) await key.remove()
}

async function inTurn(
  holders: readonly KeyHolder[],
  samples: number,
  sample: (holder: KeyHolder) => Promise<number>,
): Promise<Map<KeyHolder, number[]>> {
  const taken = new Map(holders.map(holder => [holder, [] as number[]]))
  for (let n = 0; n < samples; n += 1) {
    for (const [holder, of] of taken) of.push(await sample(holder))
  }
  return taken
}

/** Those alone that can hold such a key. */
const mediansOf = (
  taken: ReadonlyMap<KeyHolder, number[]>,
  held: ReadonlyMap<KeyHolder, HeldKey>,
): Map<string, number> =>
  new Map([...taken].filter(([holder]) => held.has(holder)).map(([holder, of]) => [holder.name, median(of)]))

async function timesOf(work: () => void, samples: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < samples; n += 1) times.push(await timed(async () => work()))
  return times
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function table(times: Times, holders: readonly string[], algorithms: readonly string[]): string {
  const shown = new Table({ head: ['', ...holders], style: { head: [], border: [] } })
  for (const name of algorithms) {
    shown.push([name, ...holders.map(holder => times.get(name)?.get(holder)?.toFixed(1) ?? '-')])
  }
  return shown.toString()
}
