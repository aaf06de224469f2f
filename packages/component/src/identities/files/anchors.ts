import { basename, dirname, join, relative, resolve } from 'node:path'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import type { FileSystem } from './file-system.ts'
import { fileNames, type Layout, layoutIn } from './layout.ts'

/** The place where a configured path, through any links of the operator, ends: there stands a file, or our link. */
export interface Anchor {
  path: string
  isOurs: boolean
  /** What our link there holds: relative, so that the whole tree can be moved. */
  link: string
}

export interface Anchors {
  certificate: Anchor
  key: Anchor
  layout: Layout
}

const mostLinks = 16

/**
 * Follows the configured paths as far as they are not ours.
 *
 * Links that the operator made stay as they are; what they lead to is replaced.
 */
export function findAnchors(fs: FileSystem, paths: IdentityPaths): Anchors {
  const certificate = follow(fs, paths.certificatePath, fileNames.certificate)
  const layout = layoutIn(certificate.home ?? dirname(certificate.path))
  const key = follow(fs, paths.keyPath, fileNames.privateKey)
  return {
    certificate: anchorAt(certificate, layout, fileNames.certificate),
    key: anchorAt(key, layout, fileNames.privateKey),
    layout,
  }
}

interface Followed {
  path: string
  /** The folder beside which our link leads; undefined where it is no link of ours. */
  home: string | undefined
}

function follow(fs: FileSystem, start: string, name: string): Followed {
  let path = start
  for (let links = 0; links < mostLinks; links += 1) {
    path = join(fs.resolve(dirname(path)), basename(path))
    if (fs.look(path)?.kind !== 'link') return { path, home: undefined }
    const target = resolve(dirname(path), fs.readLink(path))
    const home = dirname(dirname(dirname(target)))
    if (target === join(layoutIn(home).current, name)) return { path, home }
    path = target
  }
  throw Object.assign(new Error(`the links of ${start} lead in a circle`), { code: 'ELOOP' })
}

function anchorAt({ path, home }: Followed, layout: Layout, name: string): Anchor {
  return {
    path,
    isOurs: home !== undefined && layoutIn(home).current === layout.current,
    link: relative(dirname(path), join(layout.current, name)),
  }
}
