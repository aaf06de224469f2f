import { hashLengths, type KeyAlgorithm, keyAlgorithms } from '@rotator/protocol/algorithms'
import { oid } from '@rotator/protocol/x509/der'
import type { Attribute, Binding, Mechanism } from './pkcs11js-binding.ts'
import {
  attributes as a,
  type MechanismName,
  mechanisms,
  objectClasses,
  pssHashes,
} from './pkcs11js-constants.ts'
import type { CertificateWords, ObjectClass, ObjectName, SignMechanism } from './token.ts'

const attribute = (type: number, value: Attribute['value']): Attribute => ({ type, value })

const isTokenObject = (lasting: boolean): Attribute => attribute(a.CKA_TOKEN, lasting)

export const nameTemplate = ({ label, id }: ObjectName): Attribute[] => [
  attribute(a.CKA_LABEL, label),
  attribute(a.CKA_ID, id),
]

export const findTemplate = (objectClass: ObjectClass, label: string): Attribute[] => [
  attribute(a.CKA_CLASS, objectClasses[objectClass]),
  isTokenObject(true),
  attribute(a.CKA_LABEL, label),
]

export interface KeyPairTemplates {
  mechanism: MechanismName
  publicKey: Attribute[]
  privateKey: Attribute[]
}

/** SEC 2: secp256r1, secp384r1, secp521r1. */
const curveOids = {
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
} as const

const publicExponent = Buffer.from([1, 0, 1])

/**
 * Greengrass wants private keys that sign and, of RSA, decrypt.
 *
 * Only uses that a key has are stated: tpm2-pkcs11 refuses an EC pair whose template says that it does not decrypt.
 * The public half is a token object because a TPM knows no other.
 */
export function keyPairTemplates(keyAlgorithm: KeyAlgorithm, name: ObjectName): KeyPairTemplates {
  const common = [isTokenObject(true), ...nameTemplate(name)]
  const publicKey = [...common, attribute(a.CKA_VERIFY, true)]
  const privateKey = [
    ...common,
    attribute(a.CKA_PRIVATE, true),
    attribute(a.CKA_SENSITIVE, true),
    attribute(a.CKA_EXTRACTABLE, false),
    attribute(a.CKA_MODIFIABLE, true),
    attribute(a.CKA_SIGN, true),
  ]
  const details = keyAlgorithms[keyAlgorithm]
  if (details.family === 'EC') {
    const curve = attribute(a.CKA_EC_PARAMS, oid(curveOids[details.curve]))
    return { mechanism: 'CKM_EC_KEY_PAIR_GEN', publicKey: [...publicKey, curve], privateKey }
  }
  const size = attribute(a.CKA_MODULUS_BITS, details.modulusLength)
  return {
    mechanism: 'CKM_RSA_PKCS_KEY_PAIR_GEN',
    publicKey: [...publicKey, size, attribute(a.CKA_PUBLIC_EXPONENT, publicExponent)],
    privateKey: [...privateKey, attribute(a.CKA_DECRYPT, true)],
  }
}

export const certificateTemplate = (certificate: CertificateWords, name: ObjectName): Attribute[] => [
  attribute(a.CKA_CLASS, objectClasses.certificate),
  attribute(a.CKA_CERTIFICATE_TYPE, 0),
  isTokenObject(true),
  attribute(a.CKA_PRIVATE, false),
  attribute(a.CKA_MODIFIABLE, true),
  ...nameTemplate(name),
  attribute(a.CKA_SUBJECT, certificate.subject),
  attribute(a.CKA_ISSUER, certificate.issuer),
  attribute(a.CKA_SERIAL_NUMBER, certificate.serialNumber),
  attribute(a.CKA_VALUE, certificate.der),
]

export const dataTemplate = (label: string, value: Buffer): Attribute[] => [
  attribute(a.CKA_CLASS, objectClasses.data),
  isTokenObject(true),
  attribute(a.CKA_PRIVATE, true),
  attribute(a.CKA_LABEL, label),
  attribute(a.CKA_VALUE, value),
]

export const copyTemplate = (name: ObjectName, lasting: boolean): Attribute[] => [
  isTokenObject(lasting),
  ...nameTemplate(name),
]

export const signMechanism = ({ name, pss }: SignMechanism, binding: Binding): Mechanism => {
  const mechanism = mechanisms[name]
  if (pss === undefined) return { mechanism }
  const parameter = { type: binding.CK_PARAMS_RSA_PSS, ...pssHashes[pss], saltLen: hashLengths[pss] }
  return { mechanism, parameter }
}
