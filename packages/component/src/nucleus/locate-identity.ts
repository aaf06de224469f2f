import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FileSystem, fileErrorCode } from '../identities/files/file-system.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { readEffectiveConfig } from './effective-config.ts'
import { type PathSetting, pathSettings, readTransactionLog } from './transaction-log.ts'

export type Location = ({ ok: true } & IdentityPaths) | { ok: false; problem: string }
type Located = { ok: true; path: string } | { ok: false; problem: string }

/**
 * Finds the certificate and key that the nucleus of that root folder connects with.
 *
 * `effectiveConfig.yaml` is output only and has empty paths after fleet provisioning, so the transaction log,
 * which the nucleus itself starts from, is asked first.
 */
export function locateIdentity(fs: FileSystem, root: string): Location {
  const log = join(root, 'config', 'config.tlog')
  const effective = join(root, 'config', 'effectiveConfig.yaml')
  const logged = readTransactionLog(readIfThere(fs, log))
  const isComplete = pathSettings.every(setting => isGiven(logged[setting]))
  const dumped = isComplete ? {} : readEffectiveConfig(readIfThere(fs, effective))
  const locate = (setting: PathSetting): Located => {
    const value = [logged[setting], dumped[setting]].find(isGiven)
    if (value !== undefined) return pathOf(setting, value)
    return {
      ok: false,
      problem: `Greengrass has no ${setting}: neither ${log} nor ${effective} gives it. Set it in the nucleus configuration, under system.`,
    }
  }
  const certificate = locate('certificateFilePath')
  if (!certificate.ok) return certificate
  const key = locate('privateKeyPath')
  if (!key.ok) return key
  return { ok: true, certificatePath: certificate.path, keyPath: key.path }
}

const isGiven = (value: string | undefined): value is string => value !== undefined && value !== ''

function readIfThere(fs: FileSystem, path: string): string {
  try {
    return fs.read(path).toString()
  } catch (error) {
    if (fileErrorCode(error) === 'UNKNOWN') throw error
    return ''
  }
}

/** The nucleus takes plain paths, `file:` URIs and `pkcs11:` URIs. */
function pathOf(setting: PathSetting, value: string): Located {
  if (/^pkcs11:/iu.test(value)) {
    return problem(
      setting,
      `names an object in an HSM (${value.split(';')[0]}), which this version cannot rotate`,
      'Rotate this device by hand, or keep its identity in files',
    )
  }
  const path = /^file:/iu.test(value) ? pathOfUri(value) : value
  if (path === undefined)
    return problem(setting, `is no file URI that can be read (${value})`, 'Write it as file:///path')
  if (!isAbsolute(path)) {
    return problem(
      setting,
      `is a relative path (${value}), and it depends on where Greengrass was started what that means`,
      'Give the whole path',
    )
  }
  return { ok: true, path }
}

/** The nucleus also takes `file:/path` and, unlike the standard, `file:path`. */
function pathOfUri(uri: string): string | undefined {
  if (!/^file:\//iu.test(uri)) return uri.slice('file:'.length)
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

const problem = (setting: PathSetting, what: string, remedy: string): Located => ({
  ok: false,
  problem: `The setting ${setting} of Greengrass ${what}. ${remedy}, in the nucleus configuration under system.`,
})
