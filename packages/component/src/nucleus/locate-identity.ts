import type { FileSystem } from '../identities/files/file-system.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { configurationFiles, readNucleusSettings } from './nucleus-settings.ts'
import { pathOf } from './path-value.ts'
import { isPkcs11, labelOf } from './pkcs11-uri.ts'
import { type PathSetting, pathSettings } from './setting.ts'

export type Location =
  | ({ ok: true; store: 'files' } & IdentityPaths)
  /** `label`: of certificate and key in the HSM. */
  | { ok: true; store: 'pkcs11'; label: string }
  | { ok: false; problem: string }

/** Finds the certificate and key that the nucleus of that root folder connects with. */
export function locateIdentity(fs: FileSystem, root: string): Location {
  const { certificateFilePath, privateKeyPath } = readNucleusSettings(fs, root, pathSettings)
  if (certificateFilePath === undefined) return missing(fs, root, 'certificateFilePath')
  if (privateKeyPath === undefined) return missing(fs, root, 'privateKeyPath')
  const inHsm = [certificateFilePath, privateKeyPath].filter(isPkcs11)
  if (inHsm.length === 2) return inToken(labelOf(certificateFilePath), labelOf(privateKeyPath))
  if (inHsm.length === 1) {
    return problem(
      'have one of certificate and key in an HSM and the other in a file',
      'Put both into the HSM, or both into files',
    )
  }
  const certificate = pathOf('certificateFilePath', certificateFilePath)
  if (!certificate.ok) return certificate
  const key = pathOf('privateKeyPath', privateKeyPath)
  if (!key.ok) return key
  return { ok: true, store: 'files', certificatePath: certificate.path, keyPath: key.path }
}

/** Greengrass finds the certificate of a key by one label and one id. */
function inToken(certificate: string | undefined, key: string | undefined): Location {
  if (certificate === undefined || key === undefined) {
    return problem(
      'are pkcs11 URIs without one object each',
      'Write them as pkcs11:object=<label>;type=cert and pkcs11:object=<label>;type=private',
    )
  }
  if (certificate === key) return { ok: true, store: 'pkcs11', label: certificate }
  return problem(
    'name objects of different labels in the HSM',
    'Give certificate and private key one label, as Greengrass needs it',
  )
}

const problem = (what: string, remedy: string): Location => ({
  ok: false,
  problem: `The settings certificateFilePath and privateKeyPath of Greengrass ${what}. ${remedy}, in the nucleus configuration under system.`,
})

const missing = (fs: FileSystem, root: string, setting: PathSetting): Location => ({
  ok: false,
  problem: `Greengrass has no ${setting}: it stands in none of ${configurationFiles(fs, root).join(', ')}. Set it in the nucleus configuration, under system.`,
})
