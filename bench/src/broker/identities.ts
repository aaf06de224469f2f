import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BasicConstraintsExtension, type X509Certificate, X509CertificateGenerator } from '@peculiar/x509'

export type KeyType = 'P-256' | 'RSA-2048'

/** Files of one certificate authority's world: its certificate, a server and a client that it signed. */
export interface IdentityFiles {
  ca: string
  server: { certificate: string; key: string }
  client: { certificate: string; key: string }
}

const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'RSA-2048': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const

export async function makeIdentities(folder: string, keyType: KeyType): Promise<IdentityFiles> {
  const algorithm = algorithms[keyType]
  const caKeys = await newKeys(keyType)
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=bench',
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true)],
  })
  const issue = async (name: string) => {
    const keys = await newKeys(keyType)
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: algorithm,
    })
    return {
      certificate: write(folder, `${name}.pem`, pem(certificate)),
      key: write(folder, `${name}.key`, await keyPem(keys.privateKey)),
    }
  }
  return {
    ca: write(folder, 'ca.pem', pem(ca)),
    server: await issue('localhost'),
    client: await issue('client'),
  }
}

const newKeys = async (keyType: KeyType) => {
  const keys = await webcrypto.subtle.generateKey(algorithms[keyType], true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error(`${keyType} has no pair of keys.`)
  return keys
}

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/gu, '$&\n')}\n-----END PRIVATE KEY-----\n`
}

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
