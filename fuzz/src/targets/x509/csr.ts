import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto'
import { checkCsr, keyDigest } from '@rotator/backend/create-certificate/csr-check'
import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { distinguishedName } from '@rotator/local-cloud/certificates/issue'
import { readSigningRequest } from '@rotator/local-cloud/certificates/signing-request'
import { type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { csrDigest, csrPem, makeCsr, parseCsr } from '@rotator/protocol/x509/csr'
import { bitString, readElements, sequence } from '@rotator/protocol/x509/der'
import { subjectDigest } from '@rotator/protocol/x509/subject'
import type { Dice } from '../../dice.ts'
import { mutateDer } from '../../mutation/der.ts'
import { derOfPem, encode, pemOf } from '../../mutation/pem.ts'
import { claim, type Target, WrongBehaviour, wordsOf } from '../../target.ts'
import { knownKey, knownSpki, signByKnownKey } from './known-key.ts'

const label = 'CERTIFICATE REQUEST'
const name = distinguishedName([['CN', 'AWS IoT Certificate']])
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'der',
  type: 'spki',
})
const replaced = { subjectDigest: subjectDigest(name), keyDigest: keyDigest(otherKey) }

const mutatePem = pemOf(mutateDer)

/** A certificate signing request in PEM, as a device sends it. */
export const csr: Target = {
  name: 'csr',
  mutate: (input, dice, others) =>
    dice.onceIn(2) ? mutateAndSign(input, dice, others) : mutatePem(input, dice, others),
  execute(input) {
    const pem = input.toString()
    const verdict = checkCsr(pem, replaced)
    const parsed = parseCsr(pem)
    claim(/^[0-9a-f]{64}$/u.test(csrDigest(pem)), 'a request has no digest')
    if (!verdict.ok) return `${verdict.code}: ${wordsOf(verdict.problem)}`
    claim(parsed.ok, 'accepted without having been read')
    const { der, subject, publicKey } = parsed.value
    const theirs = second(encode(label, der))
    if (typeof theirs === 'string') throw new WrongBehaviour(`accepted, and the cloud says ${theirs}`)
    claim(theirs.subject.equals(subject), 'the cloud reads another subject in it')
    claim(theirs.publicKeyInfo.equals(publicKey), 'the cloud reads another key in it')
    claim(theirs.alternativeNames === undefined, 'accepted, and the cloud reads further names in it')
    claim(csrDigest(pem) === createHash('sha256').update(der).digest('hex'), 'its digest is not of its DER')
    claim(verdict.subjectDigest === replaced.subjectDigest, 'the subject is another')
    claim(verdict.keyDigest === keyDigest(publicKey), 'the digest is of another key')
    return `accepted: ${parsed.value.signingAlgorithm}`
  },
  async seeds() {
    const requests = Object.keys(signingAlgorithms).map(async algorithm => [
      algorithm.toLowerCase(),
      await request(algorithm as SigningAlgorithm),
    ])
    return Object.fromEntries(await Promise.all(requests))
  },
}

/** Changes what is signed, and has it signed by its own key again, so that the checks after the signature are met. */
function mutateAndSign(input: Buffer, dice: Dice, others: readonly Buffer[]): Buffer {
  try {
    const [info, algorithm] = readElements(readElements(derOfPem(input))[0]?.content ?? Buffer.alloc(0))
    if (info === undefined || algorithm === undefined) return mutatePem(input, dice, others)
    const changed = mutateDer(info.whole, dice, [])
    return Buffer.from(encode(label, sequence(changed, algorithm.whole, bitString(signByKnownKey(changed)))))
  } catch {
    return mutatePem(input, dice, others)
  }
}

function second(pem: string): ReturnType<typeof readSigningRequest> | string {
  try {
    return readSigningRequest(pem)
  } catch (error) {
    if (error instanceof AwsError) return error.message
    throw error
  }
}

async function request(signingAlgorithm: SigningAlgorithm): Promise<string> {
  const { family, scheme, hash } = signingAlgorithms[signingAlgorithm]
  const padding =
    scheme === 'pss'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}
  const rsa = family === 'RSA' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : undefined
  const der = await makeCsr({
    subject: name,
    publicKey: rsa?.publicKey.export({ format: 'der', type: 'spki' }) ?? knownSpki,
    signingAlgorithm,
    sign: bytes => sign(hash, bytes, { key: rsa?.privateKey ?? knownKey, ...padding }),
  })
  return csrPem(der)
}
