import { basename, dirname, join } from 'node:path'
import type { Entry, FileSystem, Ownership } from '../identities/files/file-system.ts'

interface FileNode extends Ownership {
  kind: 'file'
  bytes: Buffer
  durable: Buffer
}
interface LinkNode {
  kind: 'link'
  target: string
}
interface FolderNode extends Ownership {
  kind: 'folder'
  names: Map<string, DiskNode>
  durable: Map<string, DiskNode>
  /** Changes of names that are not synced yet, oldest first. */
  pending: ((names: Map<string, DiskNode>) => void)[]
}
type DiskNode = FileNode | LinkNode | FolderNode

const root = { mode: 0o755, uid: 0, gid: 0 }

/** The power went. Nothing catches it but the test, which then starts the device again. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'
}

/**
 * What a cut leaves of what was not synced. Disks keep names and bytes in any combination, so the worst ones
 * are tried: nothing, all, names without their bytes, names with torn bytes, bytes without names, half the names.
 */
export const cutLeaves = ['nothing', 'all', 'names', 'torn', 'bytes', 'half'] as const
export type CutLeaves = (typeof cutLeaves)[number]

function fileError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code })
}

/** A disk in memory that can lose power, and fail, at every operation that changes it. */
export class SimulatedDisk implements FileSystem {
  readonly #root: FolderNode = folderNode(root)
  /** Operations that changed the disk since it was made or powered up, by name and path. */
  operations: string[] = []
  /** Grows with each of them and with each power-up, and never begins anew. */
  changes = 0
  /** The power goes before the operation of this number, counted from 0. */
  cutBefore: number | undefined
  /** The power also goes before each operation for which this says so. */
  cuts: ((operation: string, path: string) => boolean) | undefined
  /** Each operation for which this gives a code fails with it and does nothing. */
  failure: ((operation: string, path: string) => string | undefined) | undefined
  /** Paths that something is mounted on: they cannot be replaced. */
  readonly mountPoints = new Set<string>()
  /** Files that cannot be written. */
  readonly readOnly = new Set<string>()
  free = 1_000_000_000
  #isDown = false

  /** Comes up again after a cut with what the disk then holds. */
  powerUp(leaves: CutLeaves): void {
    this.restartProcess()
    settle(this.#root, leaves)
    this.changes += 1
  }

  /** The process was killed and the disk kept its power: what was not synced is still there, and still not durable. */
  restartProcess(): void {
    this.#isDown = false
    this.cutBefore = undefined
    this.operations = []
  }

  /** Makes everything durable, as a test's starting point. */
  settleAll(): void {
    this.powerUp('all')
  }

  read(path: string): Buffer {
    const node = this.#find(path)
    if (node.kind === 'folder') throw fileError('EISDIR', path)
    return Buffer.from(node.bytes)
  }

  create(path: string, bytes: Buffer, ownership: Ownership): void {
    this.#change('create', path)
    const made: FileNode = { kind: 'file', ...ownership, bytes: Buffer.from(bytes), durable: Buffer.alloc(0) }
    this.#add(path, made)
  }

  overwrite(path: string, bytes: Buffer): void {
    this.#change('overwrite', path)
    if (this.readOnly.has(path)) throw fileError('EROFS', path)
    const node = this.#find(path)
    if (node.kind === 'folder') throw fileError('EISDIR', path)
    node.bytes = Buffer.from(bytes)
  }

  sync(path: string): void {
    this.#change('sync', path)
    const node = this.#find(path)
    if (node.kind === 'file') {
      node.durable = node.bytes
      return
    }
    node.durable = new Map(node.names)
    node.pending = []
  }

  rename(from: string, to: string): void {
    this.#change('rename', to)
    if (dirname(from) !== dirname(to)) throw fileError('EXDEV', to)
    if (this.mountPoints.has(to)) throw fileError('EBUSY', to)
    const folder = this.#folderOf(from)
    const node = folder.names.get(basename(from))
    if (node === undefined) throw fileError('ENOENT', from)
    rename(folder, names => {
      names.delete(basename(from))
      names.set(basename(to), node)
    })
  }

  link(target: string, path: string): void {
    this.#change('link', path)
    this.#add(path, { kind: 'link', target })
  }

  makeFolder(path: string, ownership: Ownership): void {
    this.#change('makeFolder', path)
    this.#add(path, folderNode(ownership))
  }

  own(path: string, ownership: Ownership): void {
    this.#change('own', path)
    const { mode, uid, gid } = ownership
    Object.assign(this.#find(path), { mode, uid, gid })
  }

  removeFile(path: string): void {
    this.#change('removeFile', path)
    const node = this.#lookAt(path)
    if (node === undefined) throw fileError('ENOENT', path)
    if (node.kind === 'folder') throw fileError('EISDIR', path)
    rename(this.#folderOf(path), names => names.delete(basename(path)))
  }

  removeFolder(path: string): void {
    this.#change('removeFolder', path)
    const node = this.#lookAt(path)
    if (node?.kind !== 'folder') throw fileError('ENOENT', path)
    if (node.names.size > 0) throw fileError('ENOTEMPTY', path)
    rename(this.#folderOf(path), names => names.delete(basename(path)))
  }

  look(path: string): Entry | undefined {
    const node = this.#lookAt(path)
    if (node === undefined) return undefined
    if (node.kind === 'link') return { kind: 'link', ...root }
    const { kind, mode, uid, gid } = node
    return { kind, mode, uid, gid }
  }

  readLink(path: string): string {
    const node = this.#lookAt(path)
    if (node?.kind !== 'link') throw fileError('EINVAL', path)
    return node.target
  }

  resolve(path: string): string {
    if (path === '/' || this.#isPlain(path)) return path
    const parent = this.resolve(dirname(path))
    const full = parent === '/' ? `/${basename(path)}` : `${parent}/${basename(path)}`
    const node = this.#lookAt(full)
    if (node === undefined) throw fileError('ENOENT', path)
    return node.kind === 'link' ? this.resolve(absolute(parent, node.target)) : full
  }

  /** Whether something is there and no link leads to it, as with most of what is resolved. */
  #isPlain(path: string): boolean {
    let node: DiskNode | undefined = this.#root
    for (const { name } of stepsOf(path)) {
      if (node?.kind !== 'folder') return false
      node = node.names.get(name)
    }
    return node !== undefined && node.kind !== 'link' && !this.#isDown
  }

  names(folder: string): string[] {
    const node = this.#find(folder)
    if (node.kind !== 'folder') throw fileError('ENOTDIR', folder)
    return [...node.names.keys()]
  }

  canWrite(path: string): boolean {
    return !this.readOnly.has(path) && this.#find(path).kind === 'file'
  }

  freeBytes(): number {
    this.#read()
    return this.free
  }

  #read(): void {
    if (this.#isDown) throw new PowerCut('the power is off')
  }

  #change(operation: string, path: string): void {
    this.#read()
    if (this.operations.length === this.cutBefore || this.cuts?.(operation, path) === true) {
      this.#isDown = true
      throw new PowerCut(`before ${operation} ${path}`)
    }
    this.operations.push(`${operation} ${path}`)
    this.changes += 1
    const code = this.failure?.(operation, path)
    if (code !== undefined) throw fileError(code, path)
  }

  #add(path: string, made: DiskNode): void {
    const folder = this.#folderOf(path)
    if (folder.names.has(basename(path))) throw fileError('EEXIST', path)
    rename(folder, names => names.set(basename(path), made))
  }

  #folderOf(path: string): FolderNode {
    const node = this.#find(dirname(path))
    if (node.kind !== 'folder') throw fileError('ENOTDIR', path)
    return node
  }

  /** Not following the last link. Undefined where there is nothing, or where the way there leads through no folder. */
  #lookAt(path: string): DiskNode | undefined {
    this.#read()
    let node: DiskNode | undefined = this.#root
    for (const { name, above } of stepsOf(path)) {
      if (node?.kind === 'link') node = this.#folderBehind(above)
      if (node?.kind !== 'folder') return undefined
      node = node.names.get(name)
    }
    return node
  }

  #folderBehind(link: string): DiskNode | undefined {
    try {
      return this.#find(link)
    } catch {
      return undefined
    }
  }

  #find(path: string, depth = 0): FileNode | FolderNode {
    const node = this.#lookAt(path)
    if (node === undefined) throw fileError('ENOENT', path)
    if (node.kind !== 'link') return node
    if (depth > 8) throw fileError('ELOOP', path)
    return this.#find(absolute(this.resolve(dirname(path)), node.target), depth + 1)
  }
}

/** Every disk has the same few paths, and they are looked at thousands of times. */
const known = new Map<string, readonly Step[]>()

interface Step {
  name: string
  /** The path up to the name, without a slash at its end. */
  above: string
}

function stepsOf(path: string): readonly Step[] {
  const steps = known.get(path)
  if (steps !== undefined) return steps
  const names = path.split('/').filter(name => name !== '')
  const made = names.map((name, at) => ({ name, above: `/${names.slice(0, at).join('/')}` }))
  known.set(path, made)
  return made
}

const absolute = (folder: string, target: string): string =>
  target.startsWith('/') ? target : join(folder, target)

const folderNode = (ownership: Ownership): FolderNode => ({
  kind: 'folder',
  ...ownership,
  names: new Map(),
  durable: new Map(),
  pending: [],
})

function rename(folder: FolderNode, change: (names: Map<string, DiskNode>) => void): void {
  change(folder.names)
  folder.pending.push(change)
}

function settle(node: DiskNode, leaves: CutLeaves): void {
  if (node.kind === 'link') return
  if (node.kind === 'file') {
    if (node.bytes !== node.durable) node.bytes = bytesLeft(node, leaves)
    node.durable = node.bytes
    return
  }
  const names = new Map(node.durable)
  for (const change of node.pending.slice(0, namesLeft(node.pending.length, leaves))) change(names)
  node.names = names
  node.durable = new Map(names)
  node.pending = []
  for (const inside of names.values()) settle(inside, leaves)
}

function namesLeft(pending: number, leaves: CutLeaves): number {
  if (leaves === 'nothing' || leaves === 'bytes') return 0
  return leaves === 'half' ? Math.ceil(pending / 2) : pending
}

function bytesLeft({ bytes, durable }: FileNode, leaves: CutLeaves): Buffer {
  if (leaves === 'all' || leaves === 'bytes') return bytes
  return leaves === 'torn' ? bytes.subarray(0, bytes.length / 2) : durable
}
