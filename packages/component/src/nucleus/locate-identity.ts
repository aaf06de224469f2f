import type { FileSystem } from '../identities/files/file-system.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { configurationFiles, readNucleusSettings } from './nucleus-settings.ts'
import { type Located, pathOf } from './path-value.ts'
import { type PathSetting, pathSettings } from './setting.ts'

export type Location = ({ ok: true } & IdentityPaths) | { ok: false; problem: string }

/** Finds the certificate and key that the nucleus of that root folder connects with. */
export function locateIdentity(fs: FileSystem, root: string): Location {
  const values = readNucleusSettings(fs, root, pathSettings)
  const locate = (setting: PathSetting): Located => {
    const value = values[setting]
    if (value !== undefined) return pathOf(setting, value)
    return {
      ok: false,
      problem: `Greengrass has no ${setting}: it stands in none of ${configurationFiles(fs, root).join(', ')}. Set it in the nucleus configuration, under system.`,
    }
  }
  const certificate = locate('certificateFilePath')
  if (!certificate.ok) return certificate
  const key = locate('privateKeyPath')
  if (!key.ok) return key
  return { ok: true, certificatePath: certificate.path, keyPath: key.path }
}
