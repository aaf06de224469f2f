/** Numbers of OASIS PKCS #11 2.40 (pkcs11t.h), as many as are used here. */

export const objectClasses = { data: 0, certificate: 1, 'public-key': 2, 'private-key': 3 } as const

export const attributes = {
  CKA_CLASS: 0x000,
  CKA_TOKEN: 0x001,
  CKA_PRIVATE: 0x002,
  CKA_LABEL: 0x003,
  CKA_VALUE: 0x011,
  CKA_CERTIFICATE_TYPE: 0x080,
  CKA_ISSUER: 0x081,
  CKA_SERIAL_NUMBER: 0x082,
  CKA_KEY_TYPE: 0x100,
  CKA_SUBJECT: 0x101,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_DECRYPT: 0x105,
  CKA_SIGN: 0x108,
  CKA_VERIFY: 0x10a,
  CKA_MODULUS: 0x120,
  CKA_MODULUS_BITS: 0x121,
  CKA_PUBLIC_EXPONENT: 0x122,
  CKA_EXTRACTABLE: 0x162,
  CKA_MODIFIABLE: 0x170,
  CKA_EC_PARAMS: 0x180,
  CKA_EC_POINT: 0x181,
} as const

export const keyTypes = { rsa: 0, ec: 3 } as const

export const mechanisms = {
  CKM_RSA_PKCS_KEY_PAIR_GEN: 0x0000,
  CKM_RSA_PKCS: 0x0001,
  CKM_RSA_PKCS_PSS: 0x000d,
  CKM_SHA256_RSA_PKCS: 0x0040,
  CKM_SHA384_RSA_PKCS: 0x0041,
  CKM_SHA512_RSA_PKCS: 0x0042,
  CKM_SHA256_RSA_PKCS_PSS: 0x0043,
  CKM_SHA384_RSA_PKCS_PSS: 0x0044,
  CKM_SHA512_RSA_PKCS_PSS: 0x0045,
  CKM_EC_KEY_PAIR_GEN: 0x1040,
  CKM_ECDSA: 0x1041,
} as const
export type MechanismName = keyof typeof mechanisms

/** What CK_RSA_PKCS_PSS_PARAMS names a hash by: its mechanism, and MGF1 with it. */
export const pssHashes = {
  sha256: { hashAlg: 0x250, mgf: 2 },
  sha384: { hashAlg: 0x260, mgf: 3 },
  sha512: { hashAlg: 0x270, mgf: 4 },
} as const

export const slotFlags = { CKF_TOKEN_PRESENT: 0x1 } as const

export const tokenFlags = {
  CKF_WRITE_PROTECTED: 0x2,
  CKF_USER_PIN_INITIALIZED: 0x8,
  CKF_USER_PIN_FINAL_TRY: 0x2_0000,
  CKF_USER_PIN_LOCKED: 0x4_0000,
} as const

export const sessionFlags = { CKF_RW_SESSION: 0x2, CKF_SERIAL_SESSION: 0x4 } as const

export const userTypes = { CKU_USER: 1 } as const
