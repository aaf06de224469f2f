import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as times from '@rotator/rotation/device/times'
import { build, type Plugin } from 'esbuild'
import type * as scaledTimes from './scaled-times.ts'

/** A time that has no scaled form is an error of types, and not one of the bundle. */
type WithEach<Names extends PropertyKey, Module extends Record<Names, unknown>> = Module
export type ScaledTimes = WithEach<keyof typeof times, typeof scaledTimes>

const modulePath = (specifier: string) => fileURLToPath(import.meta.resolve(specifier))

/** Modules of the component that a trial replaces, and by which file of this folder. */
const replaced = new Map([
  [modulePath('@rotator/rotation/device/times'), fileURLToPath(new URL('scaled-times.ts', import.meta.url))],
  [modulePath('@rotator/component/timers'), fileURLToPath(new URL('jumping-timers.ts', import.meta.url))],
  [
    modulePath('@rotator/component/loop/performer'),
    fileURLToPath(new URL('cut-performer.ts', import.meta.url)),
  ],
])
const replacements = new Set(replaced.values())

/** A replacement imports what it replaces, so its own imports are left as they are. */
const replaceModules: Plugin = {
  name: 'replace-modules',
  setup(bundler) {
    bundler.onResolve({ filter: /times|timers|performer/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'resolved' || replacements.has(from.importer)) return undefined
      const found = await bundler.resolve(path, { ...from, pluginData: 'resolved' })
      const replacement = replaced.get(found.path)
      return replacement === undefined ? found : { path: replacement }
    })
  },
}

/** Bundles the component as it ships, but for its waiting times, its clock, and the place where it can be killed. */
export async function buildTrial(artifactFolder: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [modulePath('@rotator/component/main')],
    outfile: join(artifactFolder, 'certificate-rotator.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    plugins: [replaceModules],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'silent',
  })
  const bundled = Object.keys(metafile.inputs).map(input => basename(input))
  for (const replacement of replacements) {
    if (!bundled.includes(basename(replacement)))
      throw new Error(`${replacement} did not get into the trial bundle.`)
  }
}
