import { existsSync } from 'node:fs'

/** A file that a Debian package brings, at the path where it puts it. */
export interface DebianFile {
  path: string
  package: string
}

const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`

/** Initialises tokens and looks into them, for every kind. */
export const tool: DebianFile = { path: '/usr/bin/pkcs11-tool', package: 'opensc' }

export const softhsmFiles = {
  tool,
  library: { path: '/usr/lib/softhsm/libsofthsm2.so', package: 'softhsm2' },
} as const satisfies Record<string, DebianFile>

/** A TPM in software, the resource manager that lets it hold more than three keys, and the bus between the two. */
export const tpmFiles = {
  tool,
  library: { path: `${libraries}/libtpm2_pkcs11.so.1`, package: 'libtpm2-pkcs11-1' },
  swtpm: { path: '/usr/bin/swtpm', package: 'swtpm' },
  bus: { path: '/usr/bin/dbus-daemon', package: 'dbus' },
  busConfiguration: { path: '/usr/share/dbus-1/session.conf', package: 'dbus' },
  resourceManager: { path: '/usr/sbin/tpm2-abrmd', package: 'tpm2-abrmd' },
  throughResourceManager: {
    path: `${libraries}/libtss2-tcti-tabrmd.so.0`,
    package: 'libtss2-tcti-tabrmd0',
  },
} as const satisfies Record<string, DebianFile>

/** @returns what to do; undefined where nothing is missing */
export function missingFor(purpose: string, files: readonly DebianFile[]): string | undefined {
  const missing = files.filter(({ path }) => !existsSync(path))
  if (missing.length === 0) return undefined
  const packages = [...new Set(missing.map(file => file.package))].join(' ')
  return `${purpose} needs ${missing.map(({ path }) => path).join(', ')}. Install the Debian packages as root:\n  apt-get install -y --no-install-recommends ${packages}\n`
}
