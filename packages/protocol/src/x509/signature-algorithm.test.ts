import { createHash, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestInfo } from './signature-algorithm.ts'

test.each(['sha256', 'sha384', 'sha512'] as const)(
  'a digest with the name of its hash is what PKCS#1 v1.5 signs with %s',
  hash => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const bytes = Buffer.from('signed')
    const wrapped = digestInfo(hash, createHash(hash).update(bytes).digest())
    expect(privateEncrypt(privateKey, wrapped)).toEqual(sign(hash, bytes, privateKey))
  },
)
