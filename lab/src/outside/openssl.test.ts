import { readFileSync } from 'node:fs'
import {
  algorithmPairs,
  hashLengths,
  keyAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from '@rotator/protocol/algorithms'
import { describe } from 'vitest'
import { flags } from './foreign-run.ts'
import { openssl, opensslWithInput, publicKeyOf, subjectOf } from './openssl-command.ts'
import { test } from './outside-test.ts'

describe.for(algorithmPairs)('$keyAlgorithm $signingAlgorithm', pair => {
  const name = `${pair.keyAlgorithm} signed with ${pair.signingAlgorithm}`

  test(`openssl: the key of ${name} is valid, and in the form that the nucleus reads`, async ({
    identityOf,
    expect,
  }) => {
    const { privateKeyFile } = await identityOf(pair)
    const { family } = keyAlgorithms[pair.keyAlgorithm]
    const [firstLine] = readFileSync(privateKeyFile, 'utf8').split('\n')
    expect(firstLine).toBe(`-----BEGIN ${family === 'RSA' ? 'RSA PRIVATE KEY' : 'PRIVATE KEY'}-----`)
    const { stdout } = await openssl('pkey', '-in', privateKeyFile, '-check', '-noout', '-text_pub')
    expect(stdout).toContain('Key is valid')
    expect(stdout).toMatch(publicKeyText[pair.keyAlgorithm])
  })

  test(`openssl: the request of ${name} verifies, with the present subject and no extension`, async ({
    identityOf,
    expect,
  }) => {
    const { requestFile, privateKeyFile, subject } = await identityOf(pair)
    const { stdout, stderr } = await openssl('req', '-in', requestFile, '-verify', '-noout', '-text')
    expect(stderr).toContain('self-signature verify OK')
    expect(stdout).toMatch(/Attributes:\s+\(none\)\s+Requested Extensions:\s+Signature Algorithm: /)
    expect(stdout).toMatch(signatureText(pair.signingAlgorithm))
    expect(await subjectOf('req', requestFile)).toBe(subject)
    expect(await publicKeyOf('req', requestFile)).toBe(await publicKeyOf('pkey', privateKeyFile))
  })

  test(`openssl: the certificate for ${name} is for that key, known by its digest, and verifies`, async ({
    identityOf,
    authority,
    expect,
  }) => {
    const { certificateFile, certificateId, privateKeyFile, subject } = await identityOf(pair)
    expect(await publicKeyOf('x509', certificateFile)).toBe(await publicKeyOf('pkey', privateKeyFile))
    expect(await subjectOf('x509', certificateFile)).toBe(subject)
    const facts = await openssl(
      'x509',
      '-in',
      certificateFile,
      '-noout',
      '-fingerprint',
      '-sha256',
      '-issuer',
    )
    const [fingerprint = '', issuer] = facts.stdout.trim().split('\n')
    expect(fingerprint.split('=')[1]?.replaceAll(':', '').toLowerCase()).toBe(certificateId)
    expect(issuer).toBe(
      'issuer=OU = Amazon Web Services, O = Amazon.com Inc., L = Seattle, ST = Washington, C = US',
    )
    const chain = await openssl('verify', '-x509_strict', '-CAfile', authority, certificateFile)
    expect(chain.stdout.trim()).toBe(`${certificateFile}: OK`)
  })

  test.for([
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ] as const)(
    `openssl: %s shakes hands with the identity of ${name}, and is let in`,
    async ([option, version], { identityOf, world, expect }) => {
      const identity = await identityOf(pair)
      const { stdoutBytes, stderr } = await opensslWithInput(
        mqttVisit,
        's_client',
        option,
        '-brief',
        '-ign_eof',
        '-verify_return_error',
        ...flags({
          '-connect': `localhost:${world.mqtt.port}`,
          '-servername': 'localhost',
          '-CAfile': world.cloud.rootCaPath,
          '-cert': identity.certificateFile,
          '-key': identity.privateKeyFile,
        }),
      )
      expect(stderr).toContain(`Protocol version: ${version}`)
      expect(stderr).toContain('Verification: OK')
      expect(stdoutBytes).toEqual(connackAccepted)
    },
  )
})

/** CONNECT of MQTT 3.1.1 as client `openssl`, with a clean session, and DISCONNECT: then the endpoint hangs up. */
const mqttVisit = Buffer.concat([
  Buffer.from([0x10, 19, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 7, ...Buffer.from('openssl')]),
  Buffer.from([0xe0, 0]),
])
const connackAccepted = Buffer.from([0x20, 2, 0, 0])

const publicKeyText = {
  'RSA-2048': /^(?:RSA )?Public-Key: \(2048 bit\)/m,
  'RSA-3072': /^(?:RSA )?Public-Key: \(3072 bit\)/m,
  'ECDSA-P256': /^NIST CURVE: P-256/m,
  'ECDSA-P384': /^NIST CURVE: P-384/m,
  'ECDSA-P521': /^NIST CURVE: P-521/m,
} as const

/** PSS: MGF1 with the same hash, and a salt as long as the hash. */
function signatureText(signingAlgorithm: SigningAlgorithm): RegExp {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const sha = hash.toUpperCase()
  if (scheme === 'ecdsa') return new RegExp(`Signature Algorithm: ecdsa-with-${sha}\n`)
  if (scheme === 'pkcs1') return new RegExp(`Signature Algorithm: ${hash}WithRSAEncryption\n`)
  const salt = `0x${hashLengths[hash].toString(16).toUpperCase()}`
  return new RegExp(
    [
      'Signature Algorithm: rsassaPss\\s+Signature Value:',
      `Hash Algorithm: ${hash}`,
      `Mask Algorithm: mgf1 with ${hash}`,
      `Salt Length: ${salt}`,
      'Trailer Field: 0x01',
    ].join('\\s+'),
  )
}
