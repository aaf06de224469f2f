import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { stackName } from '@rotator/protocol/names'
import { digestFile, refuseForeign, removeStale, unfinishedPrefix } from './out-dir.ts'
import { sourceDigest } from './source-digest.ts'

export interface SynthRequest {
  /** The cloud assembly's directory; replaced as a whole, so one with other things in it is refused. */
  outDir: string
  context?: Readonly<Record<string, unknown>>
}

export interface Synthesis {
  templatePath: string
  /** Whether the directory already held what these sources make. */
  cached: boolean
}

/**
 * Synthesizes the stack in this process: no credentials, no CDK command line, no account.
 *
 * What the sources have not changed since is left as it is, and AWS's construct library is not even loaded.
 */
export async function synth({ outDir, context = {} }: SynthRequest): Promise<Synthesis> {
  const directory = resolve(outDir)
  const templatePath = join(directory, `${stackName}.template.json`)
  const digest = sourceDigest(context)
  const digestPath = join(directory, digestFile)
  if (existsSync(digestPath) && readFileSync(digestPath, 'utf8') === digest) {
    return { templatePath, cached: true }
  }
  refuseForeign(directory)
  const { makeAssembly } = await import('./assembly.ts')
  mkdirSync(dirname(directory), { recursive: true })
  // A new name each time: the construct library takes an asset of the same directory for staged already.
  const unfinished = mkdtempSync(unfinishedPrefix(directory))
  try {
    removeStale(directory, unfinished)
    const next = join(unfinished, 'assembly')
    await makeAssembly(next, context)
    writeFileSync(join(next, digestFile), digest)
    // Whoever made something there meanwhile keeps it.
    refuseForeign(directory)
    rmSync(directory, { recursive: true, force: true })
    renameSync(next, directory)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return { templatePath, cached: false }
}
