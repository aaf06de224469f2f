import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFileSystem } from '@rotator/component/identities/files/node-file-system'
import { processOwner } from '@rotator/component/identities/files/process-owner'
import { generateKey, signWith } from '@rotator/component/keys/generate-key'
import { makeCsr } from '@rotator/protocol/x509/csr'
import { benchSubject } from './bench-subject.ts'
import type { KeyHolder } from './key-holder.ts'

/** What the component does for a key in a file, to durable storage. */
export function fileKeys(): KeyHolder {
  const folder = mkdtempSync(join(tmpdir(), 'bench-keys-'))
  const file = join(folder, 'private-key.pem')
  return {
    name: 'files',
    makeKey: async keyAlgorithm => {
      const { privateKey, publicKey, pem } = await generateKey(keyAlgorithm)
      nodeFileSystem.create(file, Buffer.from(pem), { mode: 0o600, ...processOwner })
      nodeFileSystem.sync(file)
      return {
        request: async signingAlgorithm => {
          const sign = (bytes: Buffer) => signWith(signingAlgorithm, privateKey, bytes)
          await makeCsr({ subject: benchSubject, publicKey, signingAlgorithm, sign })
        },
        remove: async () => {
          rmSync(file)
        },
      }
    },
    close: async () => {
      rmSync(folder, { recursive: true })
    },
  }
}
