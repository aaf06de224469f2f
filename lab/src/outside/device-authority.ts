import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../whole/world.ts'
import { flags } from './foreign-run.ts'
import { openssl } from './openssl-command.ts'

const subject = '/OU=Amazon Web Services/O=Amazon.com Inc./L=Seattle/ST=Washington/C=US'

/** As OpenSSL's own documentation sets up an authority. */
const settings = `
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
`

/**
 * Writes the certificate of the authority behind the cloud's certificates.
 *
 * The cloud hands out none, as AWS IoT does not, so openssl makes one from the authority's key.
 */
export async function deviceAuthority(world: World): Promise<string> {
  const file = join(world.folder, 'device-authority.pem')
  const config = join(world.folder, 'device-authority.cnf')
  writeFileSync(config, settings)
  const key = join(world.folder, 'cloud', 'device-ca.key')
  await openssl(
    'req',
    '-x509',
    ...flags({ '-key': key, '-out': file, '-config': config, '-days': 30, '-subj': subject }),
  )
  return file
}
