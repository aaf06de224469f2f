import { join } from 'node:path'
import type { FileSystem } from '../identities/files/file-system.ts'
import { readEffectiveConfig } from './effective-config.ts'
import { liteFiles, readLiteConfig } from './lite-config.ts'
import { readIfThere } from './read-if-there.ts'
import { namesOf, type SettingPaths, type SettingValues } from './setting.ts'
import { readTransactionLog } from './transaction-log.ts'

/** The two files in which a nucleus keeps its configuration. */
const classicFiles = (root: string): { log: string; effective: string } => ({
  log: join(root, 'config', 'config.tlog'),
  effective: join(root, 'config', 'effectiveConfig.yaml'),
})

const isLite = (fs: FileSystem, root: string): boolean =>
  fs.look(join(root, 'config')) === undefined && liteFiles(fs).length > 0

/** Where the settings are read from, for the operator. */
export function configurationFiles(fs: FileSystem, root: string): string[] {
  return isLite(fs, root) ? liteFiles(fs) : Object.values(classicFiles(root))
}

/** Reads settings of the nucleus of that root folder, classic or Lite; what is empty counts as not given. */
export function readNucleusSettings<N extends string>(
  fs: FileSystem,
  root: string,
  settings: SettingPaths<N>,
): SettingValues<N> {
  return isLite(fs, root) ? readLiteConfig(fs, settings) : readClassicConfig(fs, root, settings)
}

/**
 * `effectiveConfig.yaml` is output only and has empty paths after fleet provisioning, so the transaction log,
 * which the nucleus itself starts from, is asked first.
 */
function readClassicConfig<N extends string>(
  fs: FileSystem,
  root: string,
  settings: SettingPaths<N>,
): SettingValues<N> {
  const { log, effective } = classicFiles(root)
  const names = namesOf(settings)
  const logged = readTransactionLog(readIfThere(fs, log), settings)
  // What the log says to be removed may still stand in the other file, which is written at starts and stops only.
  const isOpen = (name: N): boolean => logged[name] === undefined || logged[name] === ''
  const dumped: SettingValues<N> = names.some(isOpen)
    ? readEffectiveConfig(readIfThere(fs, effective), settings)
    : {}
  const values: SettingValues<N> = {}
  for (const name of names) {
    const value = isOpen(name) ? dumped[name] : logged[name]
    if (value) values[name] = value
  }
  return values
}
