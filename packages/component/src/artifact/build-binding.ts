import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingFileName } from '../identities/pkcs11/pkcs11js-binding.ts'
import type { BindingTarget } from './binding-targets.ts'
import { libraryProblem } from './elf.ts'
import { type RunTool, ToolMissing } from './run-tool.ts'

/** Holds the lock file of the sources; nothing of it is installed with the rest of this repository. */
export const sourcesFolder = fileURLToPath(new URL('../../binding/', import.meta.url))

/** What Node 24 itself needs, so where Node runs the binding does. */
const newestGlibc = [2, 28] as const

const units = ['dl', 'common', 'main']
const ownFolder = 'node_modules/pkcs11js'

/**
 * Compiles the native PKCS#11 binding for one kind of device, and checks that the result is for it.
 *
 * @param outFolder built files are kept there; what is built already from the same sources is taken as it is
 * @param folder where the sources' lock file is, and where they are installed
 * @returns the file
 */
export async function buildBinding(
  target: BindingTarget,
  outFolder: string,
  run: RunTool,
  folder = sourcesFolder,
): Promise<string> {
  const file = bindingFileFor(target, outFolder, folder)
  if (existsSync(file)) return file
  const kept = dirname(file)
  mkdirSync(kept, { recursive: true })
  // Nothing of a package is run: it is all sources and headers.
  await run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], folder)
  const header = join(kept, 'oldest-glibc.h')
  writeFileSync(header, headerFor(target))
  const made = `${file}.new`
  await run(target.compiler, ['-include', header, '-o', made, ...compilerArguments], folder).catch(
    explainingMissing(target),
  )
  const problem = libraryProblem(readFileSync(made), target.machine, newestGlibc)
  if (problem !== undefined) {
    throw new Error(
      `The binding that ${target.compiler} made for ${target.architecture} is unusable: ${problem}.`,
    )
  }
  renameSync(made, file)
  return file
}

/** Where the binding is, or will be once it is built. */
export const bindingFileFor = (target: BindingTarget, outFolder: string, folder = sourcesFolder): string =>
  join(outFolder, digestOf(target, folder), bindingFileName('linux', target.architecture))

const digestOf = (target: BindingTarget, folder: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .update(JSON.stringify([target, compilerArguments, headerFor(target)]))
    .digest('hex')
    .slice(0, 16)

/**
 * Newer C libraries have `dlopen` in another place under a new version, which a linker on a new Debian asks for;
 * the old version is in all of them.
 */
const headerFor = ({ oldestGlibc }: BindingTarget): string =>
  ['dlopen', 'dlsym', 'dlclose', 'dlerror']
    .map(name => `__asm__(".symver ${name}, ${name}@${oldestGlibc}");\n`)
    .join('')

const compilerArguments: readonly string[] = [
  '-shared',
  '-fPIC',
  '-O2',
  '-std=c++17',
  '-fvisibility=hidden',
  `-I${ownFolder}/includes`,
  '-Inode_modules/node-api-headers/include',
  '-DNODE_GYP_MODULE_NAME=pkcs11',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  ...units.map(unit => `${ownFolder}/src/${unit}.cpp`),
  '-Wl,--gc-sections,--build-id=none,-s',
]

const explainingMissing =
  ({ compiler, debianPackage, architecture }: BindingTarget) =>
  (error: unknown): never => {
    if (!(error instanceof ToolMissing)) throw error
    throw new Error(
      `The PKCS#11 binding for ${architecture} is compiled with ${compiler}, which is not installed. On Debian it comes with the package ${debianPackage}:\n  apt-get install -y --no-install-recommends ${debianPackage}`,
      { cause: error },
    )
  }
