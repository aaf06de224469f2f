import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diskWith, storeOn } from '../../testing/device-files.ts'
import { identityStoreContract } from '../../testing/identity-store-contract.ts'
import { TestAuthority } from '../../testing/test-authority.ts'
import { nodeFileSystem } from './node-file-system.ts'

const authority = new TestAuthority()
const issue = async (csr: string): Promise<string> => authority.issue(csr)

identityStoreContract('files on a simulated disk', async () => {
  const disk = diskWith(await authority.identity())
  return { store: storeOn(disk), issue, reopen: () => storeOn(disk), release: () => {} }
})

identityStoreContract('files that cannot be replaced by links', async () => {
  const disk = diskWith(await authority.identity())
  disk.mountPoints.add('/greengrass/v2/thingCert.crt')
  return { store: storeOn(disk), issue, reopen: () => storeOn(disk), release: () => {} }
})

identityStoreContract('files on the real disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'identities-'))
  const paths = { certificatePath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') }
  const identity = await authority.identity()
  writeFileSync(paths.certificatePath, identity.certificatePem)
  writeFileSync(paths.keyPath, identity.keyPem, { mode: 0o600 })
  return {
    store: storeOn(nodeFileSystem, paths),
    issue,
    reopen: () => storeOn(nodeFileSystem, paths),
    release: () => {
      rmSync(folder, { recursive: true })
    },
  }
})
