import { join } from 'node:path'
import type { FileSystem } from '../identities/files/file-system.ts'
import { fileNames } from '../identities/files/layout.ts'
import { type CertificateCheck, checkCertificate } from '../keys/check-certificate.ts'
import { type CryptoTasks, cryptoTasks } from '../keys/crypto-tasks.ts'
import { type IdentityPaths, type Inspection, inspectIdentity } from '../keys/inspect-identity.ts'
import { makePending } from '../keys/make-pending.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const inspected = new Map<string, Inspection>()

/** The same bytes at the same paths are judged the same: thousands of simulated cuts need not verify each anew. */
function inspectOnce(fs: FileSystem, paths: IdentityPaths): Inspection {
  const bytes = contentsOf(fs, paths)
  if (bytes === undefined) return inspectIdentity(fs, paths)
  const key = [paths.certificatePath, paths.keyPath, ...bytes].join('\n')
  const inspection = inspected.get(key) ?? inspectIdentity(fs, paths)
  inspected.set(key, inspection)
  return inspection
}

function contentsOf(fs: FileSystem, { certificatePath, keyPath }: IdentityPaths): string[] | undefined {
  try {
    return [certificatePath, keyPath].map(path => fs.read(path).toString('latin1'))
  } catch {
    return undefined
  }
}

/** The work on keys as on a device, with its verdicts remembered. */
export const inProcessTasks = (fs: FileSystem): CryptoTasks => ({
  ...cryptoTasks(fs),
  inspectIdentity: async paths => inspectOnce(fs, paths),
})

/**
 * Makes one key only, the first time, and puts its files down again whenever another is asked for: simulated
 * power cuts are about the files.
 */
export function withOneKey(): (fs: FileSystem) => CryptoTasks {
  const made = new Map<string, Buffer>()
  const checked = new Map<string, CertificateCheck>()
  return fs => ({
    ...inProcessTasks(fs),
    checkCertificate: async request => {
      const key = request.certificatePem + fs.read(request.keyPath).toString()
      const check = checked.get(key) ?? checkCertificate(fs, request)
      checked.set(key, check)
      return check
    },
    makePending: async request => {
      const scratch = new SimulatedDisk()
      if (made.size === 0) {
        scratch.makeFolder('/pending', { mode: 0o700, uid: 0, gid: 0 })
        scratch.create('/current', fs.read(request.currentCertificatePath), { mode: 0o600, uid: 0, gid: 0 })
        await makePending(scratch, { ...request, currentCertificatePath: '/current', folder: '/pending' })
        for (const name of scratch.names('/pending')) made.set(name, scratch.read(`/pending/${name}`))
      }
      for (const [name, bytes] of made) {
        fs.create(join(request.folder, name), bytes, { mode: 0o600, uid: request.uid, gid: request.gid })
        fs.sync(join(request.folder, name))
      }
      fs.sync(request.folder)
      return { ok: true, csr: String(made.get(fileNames.request)) }
    },
  })
}
