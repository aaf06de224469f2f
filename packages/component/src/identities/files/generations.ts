import { basename, join } from 'node:path'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import { replaceByLink } from './durable.ts'
import type { FileSystem } from './file-system.ts'
import { fileNames, type Layout } from './layout.ts'

/** One complete identity in its folder. A folder gets its number only when everything in it is durable. */
export interface Generation {
  number: number
  folder: string
  certificatePath: string
  keyPath: string
  /** Undefined where somebody put something else there. */
  certificateId: CertificateId | undefined
}

export function generationFolders(fs: FileSystem, { identities }: Layout): string[] {
  if (fs.look(identities) === undefined) return []
  return fs
    .names(identities)
    .filter(name => /^[1-9]\d*$/u.test(name))
    .map(name => join(identities, name))
}

/** Oldest first. */
export function listGenerations(fs: FileSystem, layout: Layout): Generation[] {
  return generationFolders(fs, layout)
    .map(folder => readGeneration(fs, folder))
    .filter(generation => generation !== undefined)
    .sort((a, b) => a.number - b.number)
}

/** @returns undefined where something is missing that makes an identity. */
function readGeneration(fs: FileSystem, folder: string): Generation | undefined {
  const parts = [fileNames.certificate, fileNames.privateKey]
  const isWhole = parts.every(name => fs.look(join(folder, name))?.kind === 'file')
  return isWhole ? describeGeneration(fs, folder) : undefined
}

export function describeGeneration(fs: FileSystem, folder: string): Generation {
  const certificatePath = join(folder, fileNames.certificate)
  const block = firstCertificate(fs.read(certificatePath).toString())
  return {
    number: Number(basename(folder)),
    folder,
    certificatePath,
    keyPath: join(folder, fileNames.privateKey),
    certificateId: block && certificateId(block.der),
  }
}

/** The generation that the link names, undefined where there is none. */
export function linkedGeneration(fs: FileSystem, layout: Layout): Generation | undefined {
  if (fs.look(layout.current)?.kind !== 'link') return undefined
  const folder = join(layout.identities, fs.readLink(layout.current))
  return generationFolders(fs, layout).includes(folder) ? readGeneration(fs, folder) : undefined
}

/** Numbers are never used again while anything of that number is there. */
export function nextFolder(fs: FileSystem, layout: Layout): string {
  const taken = fs.names(layout.identities).map(Number).filter(Number.isSafeInteger)
  return join(layout.identities, String(Math.max(0, ...taken) + 1))
}

/** THE switch: one rename, after which certificate and key are those of `generation`. */
export function pointCurrentTo(fs: FileSystem, layout: Layout, generation: Generation): void {
  if (linkedGeneration(fs, layout)?.number === generation.number) {
    // A process that was killed may have got as far as the rename and no further.
    fs.sync(layout.identities)
    return
  }
  replaceByLink(fs, layout.current, String(generation.number))
}
