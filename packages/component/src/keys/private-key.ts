import { createPrivateKey, type KeyObject } from 'node:crypto'
import { type PemBlock, readPem } from '@rotator/protocol/x509/pem'

const labels = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']

export type KeyReading = { ok: true; key: KeyObject } | { ok: false; problem: string }

const isEncrypted = ({ label, text }: PemBlock): boolean =>
  label === 'ENCRYPTED PRIVATE KEY' || (labels.includes(label) && text.includes('ENCRYPTED'))

/**
 * Reads the private key of a file's text, which may hold more than it.
 *
 * A problem is the end of a sentence that begins with the file's name; it shows nothing of the key.
 */
export function readPrivateKey(text: string): KeyReading {
  const blocks = readPem(text)
  if (blocks.some(isEncrypted)) {
    return {
      ok: false,
      problem:
        'is encrypted with a passphrase, and Greengrass cannot ask for it. Store the key unencrypted, readable by its owner only',
    }
  }
  const block = blocks.find(({ label }) => labels.includes(label))
  if (block === undefined) {
    return {
      ok: false,
      problem: 'holds no private key in PEM. Put the private key of the device certificate there',
    }
  }
  try {
    return { ok: true, key: createPrivateKey(block.text) }
  } catch {
    return { ok: false, problem: 'holds a private key that cannot be read. Put it back from where it came' }
  }
}
