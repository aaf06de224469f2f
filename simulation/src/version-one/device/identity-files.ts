/** Files of version 1: two that Greengrass is configured with, and two copies in the component's work folder. */
export type FileName = 'certificate' | 'private-key' | 'certificate.bak' | 'private_key.bak'

/**
 * Files as version 1 uses them: written in place, without fsync or rename. What a failing or interrupted write leaves
 * behind is up to whoever implements this. Each method throws where the file system refuses.
 */
export interface IdentityFiles {
  exists(name: FileName): boolean
  read(name: FileName): string
  write(name: FileName, text: string): void
  remove(name: FileName): void
}

const backedUp = [
  ['certificate', 'certificate.bak'],
  ['private-key', 'private_key.bak'],
] as const satisfies (readonly [FileName, FileName])[]

export const hasBackup = (files: IdentityFiles): boolean =>
  backedUp.every(([, backup]) => files.exists(backup))

/** Copies certificate and key aside, then overwrites certificate and key. */
export function install(files: IdentityFiles, certificatePem: string, privateKeyPem: string): void {
  for (const [name, backup] of backedUp) files.write(backup, files.read(name))
  files.write('certificate', certificatePem)
  files.write('private-key', privateKeyPem)
}

/** Copies both back in place, then deletes both copies. What fails of it is not noticed. */
export function rollBack(files: IdentityFiles): void {
  try {
    for (const [name, backup] of backedUp) files.write(name, files.read(backup))
    deleteBackup(files)
  } catch {
    // Version 1 ignores whether this worked.
  }
}

export function deleteBackup(files: IdentityFiles): void {
  for (const [, backup] of backedUp) files.remove(backup)
}
