import { createHash, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { environmentOf } from '@rotator/backend/aws/environment'
import { chooseIssuer } from '@rotator/backend/issuers/choose-issuer'
import { pcaSigningAlgorithms } from '@rotator/backend/issuers/private-ca-settings'
import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { region } from '../world/lab.ts'
import { openssl, publicKeyOf, subjectOf } from './openssl-command.ts'
import { test } from './outside-test.ts'

/** As openssl writes the six. */
const signatureNames: Readonly<Record<string, string>> = {
  SHA256WITHRSA: 'sha256WithRSAEncryption',
  SHA384WITHRSA: 'sha384WithRSAEncryption',
  SHA512WITHRSA: 'sha512WithRSAEncryption',
  SHA256WITHECDSA: 'ecdsa-with-SHA256',
  SHA384WITHECDSA: 'ecdsa-with-SHA384',
  SHA512WITHECDSA: 'ecdsa-with-SHA512',
}

test.for(Object.entries(pcaSigningAlgorithms))(
  'openssl: what the backend has AWS Private CA sign with %s verifies, and is for the key of the request',
  async ([signingAlgorithm, family], { world, identityOf, expect }) => {
    const authority = await world.cloud.services.privateAuthorities.create({
      keyAlgorithm: family === 'RSA' ? 'RSA_3072' : 'EC_secp384r1',
      subject: { CommonName: `Root for ${signingAlgorithm}`, Organization: 'Example', Country: 'GB' },
    })
    const environment = environmentOf({
      PCA_CA_ARN: authority.arn,
      PCA_SIGNING_ALGORITHM: signingAlgorithm,
      PCA_VALIDITY_IN_DAYS: '30',
    })
    const settings = {
      endpoint: world.cloud.endpoints.http,
      region,
      credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
    }
    const issuer = await chooseIssuer(
      environment,
      world.clients.iot,
      { now: Date.now, pause: async ms => sleep(ms) },
      settings,
    )
    const requested = await identityOf({ keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' })
    const csr = (await openssl('req', '-in', requested.requestFile)).stdout
    const issued = await issuer.issue({
      thingName: v.parse(thingNameSchema, 'core'),
      csr,
      token: createHash('sha256').update(csr).digest('hex'),
    })
    if (issued.kind !== 'issued') throw new Error(issued.problem)
    const [root, leaf] = ['root.pem', 'leaf.pem'].map(name =>
      join(world.folder, `${signingAlgorithm}-${name}`),
    ) as [string, string]
    writeFileSync(root, authority.certificatePem)
    writeFileSync(leaf, issued.certificatePem)

    const chain = await openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', root, leaf)
    expect(chain.stdout).toBe(`${leaf}: OK\n`)
    expect(await publicKeyOf('x509', leaf)).toBe(await publicKeyOf('req', requested.requestFile))
    expect(await subjectOf('x509', leaf)).toBe(await subjectOf('req', requested.requestFile))
    const { stdout } = await openssl('x509', '-in', leaf, '-noout', '-text')
    const signatures = [...stdout.matchAll(/Signature Algorithm: (\S+)/gu)].map(([, name]) => name)
    expect(new Set(signatures)).toEqual(new Set([signatureNames[signingAlgorithm]]))
    expect(stdout).toContain('TLS Web Client Authentication')
    expect(stdout).toContain('CA:FALSE')
    const registered = world.cloud.services.registry.certificates.get(issued.certificateId)
    expect(registered).toMatchObject({ status: 'ACTIVE', mode: 'SNI_ONLY' })
    const { fingerprint256 } = new X509Certificate(issued.certificatePem)
    expect(issued.certificateId).toBe(fingerprint256.replaceAll(':', '').toLowerCase())
  },
)
