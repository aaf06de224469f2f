import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { type Members, membersOf, validationError } from './template.ts'

/** Where the code of functions is found: beside the template, by the manifest that CDK writes with it. */
export interface Assets {
  /** The folder of an asset, by the key that the template has for it, such as `4f3e….zip`. */
  folderOf(s3Key: string): string
}

/** @param templatePath of `X.template.json`, with `X.assets.json` beside it */
export function assetsBeside(templatePath: string): Assets {
  const manifestPath = templatePath.replace(/\.template\.json$/, '.assets.json')
  return {
    folderOf(s3Key) {
      if (manifestPath === templatePath || !existsSync(manifestPath))
        throw validationError(`There is no asset manifest ${manifestPath}: synthesize the template with CDK.`)
      const manifest = membersOf(JSON.parse(readFileSync(manifestPath, 'utf8')), 'the asset manifest')
      const files = membersOf(manifest['files'] ?? {}, 'files of the asset manifest')
      const source = Object.values(files)
        .map(sourceOf)
        .find(({ objectKeys }) => objectKeys.includes(s3Key))
      if (source === undefined)
        throw validationError(`The asset manifest ${manifestPath} does not know ${s3Key}.`)
      const folder = path.resolve(path.dirname(templatePath), source.path)
      if (!existsSync(folder) || !statSync(folder).isDirectory())
        throw validationError(`The asset ${folder} is not a folder: only folders can be run.`)
      return folder
    },
  }
}

function sourceOf(file: unknown): { path: string; objectKeys: string[] } {
  const { source, destinations } = membersOf(file, 'a file of the asset manifest')
  const objectKeys = Object.values(membersOf(destinations ?? {}, 'destinations')).map(destination =>
    String((destination as Members)['objectKey']),
  )
  return { path: String(membersOf(source, 'source')['path']), objectKeys }
}

/**
 * Copies a bundle to where functions run from, once per content. It must not lie below this project's own
 * package.json, whose module type would hold for the bundle, too.
 *
 * @returns the copy's folder
 */
export function installBundle(source: string, functionsDirectory: string, key: string): string {
  const folder = path.join(functionsDirectory, key)
  if (existsSync(folder)) return folder
  mkdirSync(functionsDirectory, { recursive: true })
  writeFileSync(path.join(functionsDirectory, 'package.json'), '{}\n')
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(source, unfinished, { recursive: true, dereference: true })
  renameSync(unfinished, folder)
  return folder
}

/** Writes a function whose code stands in the template itself; Node.js takes it as `index.js`. */
export function installInline(code: string, functionsDirectory: string): { folder: string; sha256: string } {
  const sha256 = createHash('sha256').update(code).digest('hex')
  const folder = path.join(functionsDirectory, `inline-${sha256}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(functionsDirectory, 'package.json'), '{}\n')
  writeFileSync(path.join(folder, 'index.js'), code)
  return { folder, sha256 }
}
