import { join } from 'node:path'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { fileNames } from '@rotator/component/identities/files/layout'
import { processOwner } from '@rotator/component/identities/files/process-owner'
import { type CertificateCheck, checkCertificate } from '@rotator/component/keys/check-certificate'
import type { CryptoTasks } from '@rotator/component/keys/crypto-tasks'
import { inProcessTasks } from '@rotator/component/testing/in-process-tasks'
import { pooledKey } from './key-pool.ts'

const checked = new Map<string, CertificateCheck>()

/**
 * The work on keys with its outcomes remembered over all runs: the product's own judgement, on files that are written
 * as on a device, but each key is made and each pair judged once.
 */
export function simulatedKeys(fs: FileSystem, nextKey: () => number): CryptoTasks {
  return {
    ...inProcessTasks(fs),
    async makePending({ folder, uid, gid }) {
      const { keyPem, csr } = await pooledKey(nextKey())
      for (const [name, text] of [
        [fileNames.privateKey, keyPem],
        [fileNames.request, csr],
      ] as const) {
        fs.create(join(folder, name), Buffer.from(text), { mode: 0o600, uid, gid })
        fs.sync(join(folder, name))
      }
      fs.sync(folder)
      return { ok: true, csr }
    },
    async checkCertificate(request) {
      const key = [
        request.certificatePem,
        fs.read(request.keyPath).toString(),
        fs.read(request.currentCertificatePath).toString(),
        // Validity is a matter of years here.
        new Date(request.now).getUTCFullYear(),
      ].join('\n')
      const known = checked.get(key) ?? checkCertificate(fs, request)
      checked.set(key, known)
      return known
    },
  }
}

export const owner = processOwner
