import { join } from 'node:path'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import type { Token } from '../tokens/token.ts'
import { type DebianFile, missingFor, softhsmFiles, tpmFiles } from '../tokens/token-programs.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { bindingCompilers } from '../world/binding.ts'
import type { StartOptions } from './options.ts'

type Wishes = Pick<StartOptions, 'devices' | 'hsm' | 'tpm'>

/** @returns what to install before a run with tokens; undefined where it can begin */
export function missingForTokens({ hsm, tpm }: Wishes): string | undefined {
  if (hsm + tpm === 0) return undefined
  const files: DebianFile[] = [
    ...Object.values(hsm > 0 ? softhsmFiles : {}),
    ...Object.values(tpm > 0 ? tpmFiles : {}),
    ...bindingCompilers(),
  ]
  return missingFor('A run with --hsm or --tpm', files)
}

/** Makes a token for each device that is to have one: files first, then SoftHSM2, then TPMs. */
export async function tokensFor(
  { devices, hsm, tpm }: Wishes,
  folder: string,
): Promise<(Token | undefined)[]> {
  return Promise.all(
    Array.from({ length: devices }, async (_, index) => {
      const place = join(folder, `token-${index + 1}`)
      if (index >= devices - tpm) return makeTpm(place)
      return index >= devices - tpm - hsm ? makeSoftHsm(place) : undefined
    }),
  )
}
