import { join } from 'node:path'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { fileNames, layoutIn } from '@rotator/component/identities/files/layout'
import type { IdentityPaths } from '@rotator/component/keys/inspect-identity'
import { inProcessTasks } from '@rotator/component/testing/in-process-tasks'
import type { CertificateId } from '@rotator/protocol/ids'

export const rootFolder = '/greengrass/v2'
export const workFolder = '/greengrass/v2/work/rotator'
export const paths: IdentityPaths = {
  certificatePath: `${rootFolder}/thingCert.crt`,
  keyPath: `${rootFolder}/privKey.key`,
}

/** What a device holds, as somebody with the disk in his hands would find it. */
export interface Stored {
  /** Of the pair that the nucleus is configured with; undefined where it is torn or missing. */
  current: CertificateId | undefined
  /** Of every pair that belongs together, the current one too. */
  complete: CertificateId[]
}

export async function storedIdentities(fs: FileSystem): Promise<Stored> {
  const current = await idAt(fs, paths)
  const { identities } = layoutIn(rootFolder)
  const names = fs.look(identities)?.kind === 'folder' ? fs.names(identities) : []
  const found = new Set(current === undefined ? [] : [current])
  for (const name of names) {
    const folder = join(identities, name)
    if (fs.look(folder)?.kind !== 'folder') continue
    const id = await certificateAt(fs, folder)
    if (id !== undefined) found.add(id)
  }
  return { current, complete: [...found] }
}

/** Of the pair in a folder of the component's. */
export const certificateAt = (fs: FileSystem, folder: string): Promise<CertificateId | undefined> =>
  idAt(fs, {
    certificatePath: join(folder, fileNames.certificate),
    keyPath: join(folder, fileNames.privateKey),
  })

async function idAt(fs: FileSystem, at: IdentityPaths): Promise<CertificateId | undefined> {
  const inspection = await inProcessTasks(fs).inspectIdentity(at)
  return inspection.ok ? inspection.certificateId : undefined
}
