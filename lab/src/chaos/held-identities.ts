import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Device } from '../fleet/device.ts'
import { fingerprint } from '../operator/proof.ts'

/** The id of the certificate that a device is configured with; undefined while its files are being replaced. */
export function configuredCertificate({
  certificateFile,
}: Pick<Device, 'certificateFile'>): string | undefined {
  try {
    return fingerprint(readFileSync(certificateFile, 'utf8'))
  } catch {
    return undefined
  }
}

/** The ids of all certificates on a device whose private key lies there too. */
export function heldCertificates(device: Pick<Device, 'certificateFile' | 'privateKeyFile'>): string[] {
  const folder = join(dirname(device.certificateFile), 'identities')
  const pairs = generations(folder).map(name => [
    join(folder, name, 'certificate.pem'),
    join(folder, name, 'private-key.pem'),
  ])
  return [[device.certificateFile, device.privateKeyFile], ...pairs].flatMap(([certificate = '', key = '']) =>
    pairOf(certificate, key),
  )
}

function generations(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Empty where a file is missing, torn, or the two do not belong together. */
function pairOf(certificateFile: string, keyFile: string): string[] {
  try {
    const pem = readFileSync(certificateFile, 'utf8')
    const publicKey = createPublicKey(createPrivateKey(readFileSync(keyFile)))
    return new X509Certificate(pem).publicKey.equals(publicKey) ? [fingerprint(pem)] : []
  } catch {
    return []
  }
}
