import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { KeyFormatId } from './key-formats.ts'

const block = /-----BEGIN (?<label>(?:[A-Z]+ )?PRIVATE KEY)-----(?<body>[\s\S]*?)-----END \k<label>-----/u

/** Letters that a decoder of MIME Base64 takes for a part of the key; it skips all others. */
const base64 = /[A-Za-z0-9+/=]/u

/** The object identifier of a curve's field, 1.2.840.10045.1.1, in DER: a curve that is named has none. */
const primeField = Buffer.from('06072a8648ce3d0101', 'hex')

/** Tells the form of the private key in a file from its text. */
export function keyFormatOf(text: string): KeyFormatId {
  const found = block.exec(text)
  if (found === null) return 'no-key'
  const { label = '', body = '' } = found.groups ?? {}
  if (label.startsWith('ENCRYPTED') || body.includes('ENCRYPTED')) return 'encrypted'
  if (base64.test(text.replace(found[0], ''))) return 'key-and-more'
  const der = Buffer.from(body, 'base64')
  const type = typeOf(der)
  try {
    const key = createPrivateKey({ key: der, format: 'der', type })
    return der.includes(primeField) ? 'ec-explicit' : formatOf(key, type)
  } catch {
    return 'no-key'
  }
}

type Container = 'pkcs1' | 'sec1' | 'pkcs8'

/** All three are a sequence that begins with a version; what follows differs. The label may be wrong. */
function typeOf(der: Buffer): Container {
  const headerLength = der[1] !== undefined && der[1] > 0x80 ? 2 + (der[1] & 0x7f) : 2
  const afterVersion = der[headerLength + 3]
  if (afterVersion === 0x02) return 'pkcs1'
  return afterVersion === 0x04 ? 'sec1' : 'pkcs8'
}

function formatOf(key: KeyObject, container: Container): KeyFormatId {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return container === 'pkcs1' ? 'rsa-pkcs1' : 'rsa-pkcs8'
    case 'rsa-pss':
      return 'rsa-pss'
    case 'ec':
      return container === 'sec1' ? 'ec-sec1' : 'ec-pkcs8'
    case 'ed25519':
      return 'ed25519'
    default:
      return 'no-key'
  }
}
