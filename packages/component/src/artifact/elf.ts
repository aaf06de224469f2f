/** Values of `e_machine` in an ELF header. */
export const elfMachines = { x86_64: 62, aarch64: 183 } as const

const sharedObject = 3

/**
 * Judges a compiled library by its ELF header and by the versions of the C library that it names.
 *
 * @param machine the architecture that it must be for
 * @param newestGlibc `[2, 28]`: it must need no newer C library
 * @returns what is wrong with it; undefined where all is well
 */
export function libraryProblem(
  bytes: Buffer,
  machine: number,
  newestGlibc: readonly [number, number],
): string | undefined {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 4) !== '\x7fELF') return 'it is no ELF file'
  if (bytes[4] !== 2 || bytes[5] !== 1) return 'it is not a 64-bit, little-endian file'
  if (bytes.readUInt16LE(16) !== sharedObject) return 'it is no shared library'
  const is = bytes.readUInt16LE(18)
  if (is !== machine) return `it is for ELF machine ${is}, not for ${machine}`
  const tooNew = glibcVersions(bytes).filter(version => isNewer(version, newestGlibc))
  return tooNew.length === 0 ? undefined : `it needs the C library GLIBC_${tooNew[0]?.join('.')}`
}

/** The versions stand in the table of strings, each as a text of its own. */
const glibcVersions = (bytes: Buffer): [number, number][] =>
  [...bytes.toString('latin1').matchAll(/\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)/gu)].map(([, major, minor]) => [
    Number(major),
    Number(minor),
  ])

const isNewer = ([major, minor]: [number, number], [newestMajor, newestMinor]: readonly [number, number]) =>
  major > newestMajor || (major === newestMajor && minor > newestMinor)
