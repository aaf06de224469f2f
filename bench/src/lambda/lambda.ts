import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testVariables, triggerVariables } from '@rotator/backend/testing/fake-clients'
import { bundleHandlers, handlerFolders, triggerFolders } from '@rotator/infra/bundle'
import { zippedBytes } from '@rotator/infra/testing/zipped-bytes'
import Table from 'cli-table3'
import { median } from '../median.ts'
import { importCpuMs } from './import-cpu.ts'

const samples = 9
const limits = { zippedKb: 1_000, importCpuMs: 150 }

const withPrivateCa = {
  ...testVariables,
  PCA_CA_ARN: 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1',
  PCA_REVOKE_ON_RETIREMENT: 'true',
}

/** Each function by its name, with what its environment says. */
const functions: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ...handlerFolders.map(folder => [folder, folder, testVariables] as const),
  ['create-certificate, AWS Private CA', 'create-certificate', withPrivateCa],
  ['retire-certificate, AWS Private CA', 'retire-certificate', withPrivateCa],
  ...triggerFolders.map(folder => [folder, folder, { ...testVariables, ...triggerVariables }] as const),
]

/**
 * What each function weighs, and what its start costs: the size of its zip, and the processor's time for its import.
 *
 * @returns whether all are within their limits
 */
export async function lambda(write: (text: string) => void): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-bench-'))
  try {
    await bundleHandlers(directory)
    const table = new Table({
      head: [
        'function',
        `zip, kB (limit ${limits.zippedKb})`,
        `import, ms of CPU (limit ${limits.importCpuMs})`,
      ],
      style: { head: [], border: [] },
    })
    let isWithin = true
    for (const [name, folder, environment] of functions) {
      const zippedKb = zippedBytes(join(directory, folder)) / 1_000
      const times: number[] = []
      for (let n = 0; n < samples; n += 1)
        times.push(await importCpuMs(join(directory, folder, 'index.mjs'), environment))
      isWithin &&= zippedKb <= limits.zippedKb && median(times) <= limits.importCpuMs
      table.push([name, zippedKb.toFixed(0), median(times).toFixed(0)])
    }
    write(
      `${table.toString()}\nMedians of ${samples}, Node ${process.version}, each in a process of its own.\n`,
    )
    return isWithin
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
