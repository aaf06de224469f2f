import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bindingTargets } from '@rotator/component/artifact/binding-targets'
import { bindingFileFor, buildBinding } from '@rotator/component/artifact/build-binding'
import { runTool } from '@rotator/component/artifact/run-tool'
import { repositoryRoot } from './repository-root.ts'

const folder = join(repositoryRoot, 'build', 'bindings')
const ownTarget = () => bindingTargets(process.arch).find(({ architecture }) => architecture === process.arch)

/** Under way or done: two at once would install its sources into one folder. */
let building: Promise<string> | undefined

/** The native PKCS#11 binding for this machine; compiled when first asked for. @returns its file */
export async function hostBinding(): Promise<string> {
  building ??= build().catch(error => {
    building = undefined
    throw error
  })
  return building
}

async function build(): Promise<string> {
  const target = ownTarget()
  if (target === undefined) {
    throw new Error(
      `There is no PKCS#11 binding for ${process.arch}, so no device with a token can run here.`,
    )
  }
  return buildBinding(target, folder, runTool)
}

/** Whether it lies there, compiled by an earlier run. */
export const isBindingBuilt = (): boolean => {
  const target = ownTarget()
  return target !== undefined && existsSync(bindingFileFor(target, folder))
}

/** What must be there to make it: nothing where it is made already. */
export function bindingCompilers(): { path: string; package: string }[] {
  const target = ownTarget()
  if (target === undefined || isBindingBuilt()) return []
  return [{ path: `/usr/bin/${target.compiler}`, package: target.debianPackage }]
}
