import { createHash } from 'node:crypto'
import type { SigningAlgorithm } from '../algorithms.ts'
import type { CsrDigest } from '../ids.ts'
import { bitString, context, element, readInside, sequence, smallInteger, tags } from './der.ts'
import { encodePem, readPem } from './pem.ts'
import { readSignatureAlgorithm, signatureAlgorithm } from './signature-algorithm.ts'

export interface CsrContents {
  /** The subject's Name in DER. */
  subject: Buffer
  /** SubjectPublicKeyInfo in DER. */
  publicKey: Buffer
  signingAlgorithm: SigningAlgorithm
}

/**
 * Makes a PKCS#10 request (RFC 2986) without attributes and extensions, in DER.
 *
 * @param sign signs the bytes by the contents' algorithm; an ECDSA signature comes in DER. The key may be in an HSM.
 */
export async function makeCsr(
  contents: CsrContents & { sign: (toBeSigned: Buffer) => Buffer | Promise<Buffer> },
): Promise<Buffer> {
  const info = sequence(smallInteger(0), contents.subject, contents.publicKey, element(context(0)))
  const signature = await contents.sign(info)
  return sequence(info, signatureAlgorithm(contents.signingAlgorithm), bitString(signature))
}

export const csrPem = (der: Uint8Array): string => encodePem('CERTIFICATE REQUEST', der)

export interface Csr extends CsrContents {
  der: Buffer
  /** CertificationRequestInfo in DER: the bytes that are signed. */
  info: Buffer
  signature: Buffer
  /** Whether it wants anything besides the subject for its key, such as extensions with further names. */
  hasAttributes: boolean
}

/** Why a request cannot be used: it cannot be read, or its signature algorithm is not in the table. */
export type CsrProblem = { ok: false; problem: string; reason: 'unreadable' | 'algorithm' }

/** Reads a PEM request. It does not verify the signature. */
export function parseCsr(pem: string): { ok: true; value: Csr } | CsrProblem {
  const block = readPem(pem).find(({ label }) => label === 'CERTIFICATE REQUEST')
  if (block === undefined) return unreadable('there is no CERTIFICATE REQUEST in PEM')
  try {
    return readRequest(block.der)
  } catch (cause) {
    return unreadable(String(cause))
  }
}

function readRequest(der: Buffer): { ok: true; value: Csr } | CsrProblem {
  const [info, algorithm, signature, ...beyond] = readInside(der, tags.sequence)
  if (info === undefined || algorithm === undefined || signature === undefined || beyond.length > 0) {
    return unreadable('a request has three parts')
  }
  const [version, subject, publicKey, attributes, ...more] = readInside(info.whole, tags.sequence)
  if (!version?.whole.equals(smallInteger(0)) || subject === undefined || publicKey === undefined) {
    return unreadable('the request is not of version 1 with subject and key')
  }
  if ((attributes !== undefined && attributes.tag !== context(0)) || more.length > 0) {
    return unreadable('the request has something else than attributes behind its key')
  }
  if (signature.tag !== tags.bitString || signature.content[0] !== 0) {
    return unreadable('the signature is not a bit string')
  }
  const signingAlgorithm = readSignatureAlgorithm(algorithm.whole)
  if (signingAlgorithm === undefined) {
    return { ok: false, reason: 'algorithm', problem: 'the signature algorithm is not in the table' }
  }
  return {
    ok: true,
    value: {
      der,
      info: info.whole,
      subject: subject.whole,
      publicKey: publicKey.whole,
      signingAlgorithm,
      signature: signature.content.subarray(1),
      hasAttributes: attributes !== undefined && attributes.content.length > 0,
    },
  }
}

const unreadable = (problem: string): CsrProblem => ({ ok: false, reason: 'unreadable', problem })

/**
 * What a request is known by: SHA-256 of its DER.
 *
 * Text without a request in it has a digest too (of its own bytes), so that a refusal can name what it answers.
 */
export function csrDigest(pem: string): CsrDigest {
  const block = readPem(pem).find(({ label }) => label === 'CERTIFICATE REQUEST')
  return createHash('sha256')
    .update(block?.der ?? pem)
    .digest('hex') as CsrDigest
}
