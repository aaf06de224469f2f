import { join } from 'node:path'
import type { FileSystem } from '../identities/files/file-system.ts'
import { readEffectiveConfig } from './effective-config.ts'
import { readIfThere } from './read-if-there.ts'
import { isSameName, namesOf, type SettingPaths, type SettingValues } from './setting.ts'

const folder = '/etc/greengrass'

/**
 * The files that Nucleus Lite takes its configuration from when it starts: one, and a folder of more that add to it.
 *
 * A deployment that changes Lite's own configuration stands in its database only, which is not read here.
 */
export function liteFiles(fs: FileSystem): string[] {
  const main = join(folder, 'config.yaml')
  if (fs.look(main) === undefined) return []
  const more = join(folder, 'config.d')
  const added = fs.look(more) === undefined ? [] : fs.names(more).toSorted()
  return [main, ...added.map(name => join(more, name))]
}

/** Reads settings that are named by their paths in a classic nucleus; Lite's own component has another name. */
export function readLiteConfig<N extends string>(
  fs: FileSystem,
  settings: SettingPaths<N>,
): SettingValues<N> {
  const ofLite: SettingPaths<string> = Object.fromEntries(
    namesOf(settings).map(name => [name, settings[name].map(asInLite)]),
  )
  const values: SettingValues<N> = {}
  for (const path of liteFiles(fs)) {
    Object.assign(values, readEffectiveConfig(readIfThere(fs, path), ofLite))
  }
  return values
}

const asInLite = (name: string): string =>
  isSameName(name, 'aws.greengrass.Nucleus') ? 'aws.greengrass.NucleusLite' : name
