import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initializeToken } from './pkcs11-tool.ts'
import type { Token } from './token.ts'
import { softhsmFiles } from './token-programs.ts'

const tokenLabel = 'greengrass'

/** Makes a SoftHSM2 token in that folder, which is made for it. It needs no process. */
export async function makeSoftHsm(
  folder: string,
  library: string = softhsmFiles.library.path,
): Promise<Token> {
  const contents = join(folder, 'tokens')
  mkdirSync(contents, { recursive: true })
  const configuration = join(folder, 'softhsm2.conf')
  const settings = [`directories.tokendir = ${contents}`, 'objectstore.backend = file', 'log.level = ERROR']
  writeFileSync(configuration, `${settings.join('\n')}\n`)
  const environment = { SOFTHSM2_CONF: configuration }
  const userPin = randomBytes(9).toString('base64url')
  const soPin = randomBytes(9).toString('base64url')
  const slot = initializeToken({ library, environment }, tokenLabel, { userPin, soPin })
  return { kind: 'SoftHSM2', library, slot, userPin, environment, contents, close: async () => {} }
}
