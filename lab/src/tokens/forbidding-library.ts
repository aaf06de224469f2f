import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MechanismName, mechanisms } from '@rotator/component/identities/pkcs11/pkcs11js-constants'

/** What a token may lack. */
export interface Lacking {
  functions?: readonly ('C_CopyObject' | 'C_SetAttributeValue')[]
  mechanisms?: readonly MechanismName[]
}

export interface ForbiddingLibrary {
  path: string
  /** The functions of the standard by which it has refused or hidden something, in the order of the calls. */
  refusals(): string[]
}

const source = fileURLToPath(new URL('forbidding-library.c', import.meta.url))

/**
 * Makes a PKCS#11 library that is another one but for what it is to lack: tokens lack it in the field, and those here
 * have nearly all.
 *
 * A library can only be written in a language that compiles to one, so this is C, compiled at the time of the test by
 * the compiler that makes the binding; no part of it is in what ships.
 *
 * @param library path of the one whose functions it has
 */
export function forbidding(folder: string, library: string, lacking: Lacking): ForbiddingLibrary {
  const { functions = [], mechanisms: missing = [] } = lacking
  const name = ['forbidding', ...functions, ...missing].join('-')
  const path = join(folder, `${name}.so`)
  const refusals = join(folder, `${name}.refusals`)
  const definitions = [
    `-DLIBRARY="${library}"`,
    `-DREFUSALS="${refusals}"`,
    `-DMISSING=${missing.map(each => `${mechanisms[each]}, `).join('')}`,
    ...functions.map(each => `-DWITHOUT_${each}`),
  ]
  const compiler = `/usr/bin/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-gcc`
  const args = ['-shared', '-fPIC', ...definitions, '-o', path, source]
  const { status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${compiler} ended with ${status}: ${stderr}`)
  return {
    path,
    refusals: () => (existsSync(refusals) ? readFileSync(refusals, 'utf8').split('\n').slice(0, -1) : []),
  }
}
