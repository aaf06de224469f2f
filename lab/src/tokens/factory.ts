import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { element, oid, sequence, tags } from '@rotator/protocol/x509/der'
import { factoryIdentity } from '../fleet/identity.ts'
import { pkcs11ToolIn } from './pkcs11-tool.ts'
import type { Token } from './token.ts'

/** A key that a device leaves the factory with, in its token. */
export interface HeldKey {
  csr: string
  /** Empty where the key was made in the token and has never been outside. */
  privateKeyPem: string
  /** Puts the certificate beside the key. */
  complete(certificatePem: string): void
}

/** CKA_ID of what the factory makes. */
const id = '01'

/**
 * Puts an RSA-2048 key into the token, by a foreign program: as AWS's guide does with SoftHSM, made outside and imported;
 * a TPM makes it itself.
 */
export async function keyInToken(token: Token, label: string, commonName: string): Promise<HeldKey> {
  const complete = (certificatePem: string) =>
    writeObject(token, label, 'cert', new X509Certificate(certificatePem).raw)
  if (token.kind === 'TPM 2.0') {
    return { csr: await makeInside(token, label, commonName), privateKeyPem: '', complete }
  }
  const { csr, privateKeyPem } = await factoryIdentity(commonName)
  writeObject(token, label, 'privkey', Buffer.from(privateKeyPem))
  return { csr, privateKeyPem, complete }
}

function writeObject(token: Token, label: string, type: 'cert' | 'privkey', bytes: Buffer): void {
  const usage = type === 'privkey' ? ['--usage-sign', '--usage-decrypt'] : []
  inFolder(folder => {
    const file = join(folder, 'object')
    writeFileSync(file, bytes, { mode: 0o600 })
    pkcs11ToolIn(token, ['--write-object', file, '--type', type, '--label', label, '--id', id, ...usage])
  })
}

async function makeInside(token: Token, label: string, commonName: string): Promise<string> {
  pkcs11ToolIn(token, ['--keypairgen', '--key-type', 'rsa:2048', '--label', label, '--id', id])
  const publicKey = pkcs11ToolIn(token, ['--read-object', '--type', 'pubkey', '--id', id])
  const name = sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from(commonName)))
  const der = await makeCsr({
    subject: sequence(element(tags.set, name)),
    publicKey,
    signingAlgorithm: 'SHA256WITHRSA',
    sign: bytes => signInside(token, bytes),
  })
  return csrPem(der)
}

function signInside(token: Token, bytes: Uint8Array): Buffer {
  return inFolder(folder => {
    const [input, output] = [join(folder, 'request'), join(folder, 'signature')]
    writeFileSync(input, bytes)
    const files = ['--input-file', input, '--output-file', output]
    pkcs11ToolIn(token, ['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', id, ...files])
    return readFileSync(output)
  })
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'token-object-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
