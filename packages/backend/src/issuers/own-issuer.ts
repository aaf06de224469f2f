import type { IoTClient } from '@aws-sdk/client-iot'
import { parseWith } from '@rotator/protocol/parsed'
import { firstCertificate } from '@rotator/protocol/x509/certificate'
import * as v from 'valibot'
import { describeError, failureKind } from '../aws/failures.ts'
import type { OwnFunction } from '../aws/own-function.ts'
import { isIssuedFor } from '../create-certificate/present-certificate.ts'
import type { Issuer, Issuing } from './issuer.ts'
import { register } from './register.ts'

/** What the operators' function is asked. The same token asks for the same certificate. */
export interface IssueQuestion {
  thingName: string
  /** PEM; it was checked: well signed, of the device's subject, with a new key of an allowed algorithm. */
  csr: string
  /** 64 hexadecimal digits */
  token: string
}

/** What it answers: a certificate in PEM, or why it will never issue one for this request. */
const answerSchema = v.union([v.object({ certificatePem: v.string() }), v.object({ refused: v.string() })])
export type IssueAnswer = v.InferOutput<typeof answerSchema>

const name = 'the own issuer'

/** An authority of the operators' own, behind a function of theirs. What it issues is registered in AWS IoT. */
export function ownIssuer(ask: OwnFunction, iot: IoTClient): Issuer {
  return {
    // As long as a repeat may come: the function is asked to give the same certificate for the same token.
    repeatsForSeconds: 420,
    async issue({ thingName, csr, token }) {
      const question: IssueQuestion = { thingName, csr, token }
      try {
        return await take(iot, csr, await ask(question))
      } catch (error) {
        const problem = `${name}: ${describeError(error)}`
        if (failureKind(error) === 'again') return { kind: 'busy', problem }
        return { kind: 'refused', code: 'ISSUER_REFUSED', problem }
      }
    },
  }
}

async function take(iot: IoTClient, csr: string, answer: unknown): Promise<Issuing> {
  const refused = (problem: string): Issuing => ({ kind: 'refused', code: 'ISSUER_REFUSED', problem })
  const parsed = parseWith(answerSchema, answer)
  if (!parsed.ok) return refused(`${name} answered neither certificatePem nor refused`)
  if ('refused' in parsed.value) return refused(parsed.value.refused)
  const leaf = firstCertificate(parsed.value.certificatePem)
  if (leaf === undefined) return refused(`${name} answered a certificatePem that is no certificate`)
  // A device that switched to it could not connect.
  if (!isOf(leaf.text, csr))
    return refused(`${name} answered a certificate that is not of the request's key and subject`)
  return register(iot, leaf, name)
}

/** Of the request's key and subject. */
function isOf(certificatePem: string, csr: string): boolean {
  try {
    return isIssuedFor(certificatePem, csr)
  } catch {
    return false
  }
}
