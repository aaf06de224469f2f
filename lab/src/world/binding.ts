import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bindingTargets } from '@rotator/component/artifact/binding-targets'
import { bindingFileFor, buildBinding } from '@rotator/component/artifact/build-binding'
import { runTool } from '@rotator/component/artifact/run-tool'
import { repositoryRoot } from './repository-root.ts'

const folder = join(repositoryRoot, 'build', 'bindings')
const ownTarget = () => bindingTargets(process.arch).find(({ architecture }) => architecture === process.arch)

/** The native PKCS#11 binding for this machine; compiled when first asked for. @returns its file */
export async function hostBinding(): Promise<string> {
  const target = ownTarget()
  if (target === undefined) {
    throw new Error(
      `There is no PKCS#11 binding for ${process.arch}, so no device with a token can run here.`,
    )
  }
  return buildBinding(target, folder, runTool)
}

/** What must be there to make it: nothing where it is made already. */
export function bindingCompilers(): { path: string; package: string }[] {
  const target = ownTarget()
  if (target === undefined || existsSync(bindingFileFor(target, folder))) return []
  return [{ path: `/usr/bin/${target.compiler}`, package: target.debianPackage }]
}
