import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildComponent } from '../build.ts'
import { bindingTargets } from './binding-targets.ts'
import { buildBinding } from './build-binding.ts'
import { runTool } from './run-tool.ts'

// Builds what a core device is given, for every architecture, so that a device compiles nothing.
const build = fileURLToPath(new URL('../../../../build/', import.meta.url))
const { artifactFolder } = await buildComponent(join(build, 'artifacts'))
for (const target of bindingTargets(process.arch)) {
  const file = await buildBinding(target, join(build, 'bindings'), runTool)
  copyFileSync(file, join(artifactFolder, basename(file)))
}
process.stdout.write(`Built ${artifactFolder}\n`)
