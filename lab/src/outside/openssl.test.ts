import { readFileSync } from 'node:fs'
import { algorithmPairs, keyAlgorithms } from '@rotator/protocol/algorithms'
import { describe } from 'vitest'
import { flags } from './foreign-run.ts'
import { openssl, opensslWithInput, publicKeyOf, subjectOf } from './openssl-command.ts'
import { publicKeyText, signatureText } from './openssl-text.ts'
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
