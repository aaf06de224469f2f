import { FileIdentityStore } from '@rotator/component/identities/files/file-identity-store'
import { versionOneBackups } from '@rotator/component/identities/files/version-one'
import type { IdentityStore } from '@rotator/component/identities/identity-store'
import type { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import { cutFaults } from '../faults/fault.ts'
import type { IdentityFiles } from './by-hand.ts'
import type { IdentityHome } from './identity-home.ts'
import { owner, simulatedKeys } from './simulated-keys.ts'
import { certificateInSlot } from './slots.ts'
import { paths, storedIdentities, workFolder } from './stored-identities.ts'

export const fileStore = (disk: SimulatedDisk, nextKey: () => number): IdentityStore =>
  new FileIdentityStore({
    fs: disk,
    tasks: simulatedKeys(disk, nextKey),
    paths,
    backups: versionOneBackups(workFolder),
  })

/** Puts the identity on the disk, as plain files, and keeps it there. */
export function fileHome(
  disk: SimulatedDisk,
  { certificatePem, keyPem }: IdentityFiles,
  nextKey: () => number,
): IdentityHome {
  disk.create(paths.certificatePath, Buffer.from(certificatePem), { mode: 0o644, ...owner })
  disk.create(paths.keyPath, Buffer.from(keyPem), { mode: 0o600, ...owner })
  const stored = async () => storedIdentities(disk)
  return {
    store: () => fileStore(disk, nextKey),
    stored,
    changes: 0,
    inSlot: async slot => certificateInSlot({ disk, stored }, slot),
    isThere: true,
    // A disk that is not there starts no Greengrass.
    hideFor: () => {},
    cuts: cutFaults,
  }
}
