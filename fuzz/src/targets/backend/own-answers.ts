import { X509Certificate } from 'node:crypto'
import { ownCheck } from '@rotator/backend/create-certificate/own-check'
import { ownIssuer } from '@rotator/backend/issuers/own-issuer'
import { FakeAws } from '@rotator/backend/testing/fake-aws/fake-aws'
import { fakeClients } from '@rotator/backend/testing/fake-clients'
import { certificateIdOf, thingName } from '@rotator/backend/testing/test-ids'
import { distinguishedName, issueCertificate } from '@rotator/local-cloud/certificates/issue'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import type { Dice } from '../../dice.ts'
import { mutateDer } from '../../mutation/der.ts'
import { jsonOf } from '../../mutation/json.ts'
import { encode, pemOf } from '../../mutation/pem.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'
import { knownKey, knownSpki, signByKnownKey } from '../x509/known-key.ts'

const name = distinguishedName([['CN', 'AWS IoT Certificate']])
const request = csrPem(
  await makeCsr({
    subject: name,
    publicKey: knownSpki,
    signingAlgorithm: 'ECDSA-WITH-SHA256',
    sign: signByKnownKey,
  }),
)
const question = { thingName: thingName('dev1'), csr: request }

const mutateJson = jsonOf('allowed reason certificatePem refused true false'.split(' '))
const mutatePem = pemOf(mutateDer)

/** What the operators' own check and own issuer answer, from functions that anybody may have written. */
export const ownAnswers: Target = {
  name: 'own-answers',
  mutate: (input, dice, others) =>
    (dice.onceIn(2) ? mutateCertificate(input, dice) : undefined) ?? mutateJson(input, dice, others),
  async execute(input) {
    const text = input.toString()
    const answer = Object(jsonOrNothing(text)) as Record<string, unknown>
    const ask = async () => jsonOrNothing(text)
    const refusal = await ownCheck(ask)({
      ...question,
      jobId: 'J1',
      executionNumber: 1,
      certificateId: certificateIdOf('old'),
    })
    claim((refusal === undefined) === (answer['allowed'] === true), 'the check was misread')
    claim(refusal === undefined || refusal.problem !== undefined, 'the check refuses without a reason')
    const issuing = await ownIssuer(ask, fakeClients(new FakeAws()).iot).issue({
      ...question,
      token: '0'.repeat(64),
    })
    if (issuing.kind !== 'issued') return `${refusal?.code} ${issuing.kind} ${wordsOf(issuing.problem)}`
    claim(typeof answer['certificatePem'] === 'string', 'something was issued that was not answered')
    const issued = new X509Certificate(issuing.certificatePem)
    claim(issued.checkPrivateKey(knownKey), 'a certificate of another key was taken')
    claim(issued.subject === 'CN=AWS IoT Certificate', `a certificate of ${issued.subject} was taken`)
    return `${refusal?.code} issued`
  },
  seeds: () => ({
    allowed: '{"allowed":true}',
    'not-allowed': '{"allowed":false,"reason":"not in this building"}',
    issued: JSON.stringify({ certificatePem: issued() }),
    'of-another-subject': JSON.stringify({
      certificatePem: issued(distinguishedName([['CN', 'dev1']])),
    }),
    refused: '{"refused":"the thing is not known here"}',
  }),
}

const issued = (subject = name): string =>
  encode(
    'CERTIFICATE',
    issueCertificate(
      { name: distinguishedName([['CN', 'An authority']]), privateKey: knownKey },
      {
        subject,
        publicKeyInfo: knownSpki,
        notBefore: new Date('2026-01-01T00:00:00Z'),
        notAfter: new Date('2049-12-31T23:59:59Z'),
        purpose: 'client',
      },
    ),
  )

/** @returns undefined where there is no certificate to change */
function mutateCertificate(input: Buffer, dice: Dice): Buffer | undefined {
  const answer = jsonOrNothing(input.toString())
  const { certificatePem } = Object(answer) as Record<string, unknown>
  if (typeof certificatePem !== 'string') return undefined
  const changed = mutatePem(Buffer.from(certificatePem), dice, []).toString()
  return Buffer.from(JSON.stringify({ ...Object(answer), certificatePem: changed }))
}
