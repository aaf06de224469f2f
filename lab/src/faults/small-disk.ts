import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own, in memory, small enough to fill up. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  readonly freeBytes: number
  unmount(): void
}

/** Mounting needs root. */
export const mayMount = (): boolean => process.getuid?.() === 0

const mounted = new Set<string>()

/** The last resort when this process itself ends. */
export function unmountSmallDisks(): void {
  for (const folder of mounted) unmount(folder)
}

/** Lazily, so that a process that still ends there does not keep it. */
function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  mounted.delete(folder)
}

/** @throws where the system does not let this process mount */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  mounted.add(folder)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    get freeBytes() {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    unmount: () => unmount(folder),
  }
}

function fill(file: string): void {
  const descriptor = openSync(file, 'a')
  try {
    // Ever smaller pieces, down to the last byte.
    for (let bytes = 1 << 20; bytes >= 1; ) {
      if (!fits(descriptor, bytes)) bytes = Math.floor(bytes / 2)
    }
  } finally {
    closeSync(descriptor)
  }
}

function fits(descriptor: number, bytes: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(bytes)) > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
