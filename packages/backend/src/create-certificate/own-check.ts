import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { type ClientSettings, ownFunctionCalls } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import { describeError, failureKind } from '../aws/failures.ts'
import type { OwnFunction } from '../aws/own-function.ts'
import type { Refusal } from '../device-replies.ts'

/** What the operators' function is asked before a certificate is issued. */
export interface CheckQuestion {
  thingName: string
  jobId: string
  executionNumber: number | undefined
  /** Of the certificate that the device is connected with, and that is to be replaced. */
  certificateId: string
  /** PEM; it was checked: well signed, of the device's subject, with a new key of an allowed algorithm. */
  csr: string
}

/** What it answers: that the device may have its certificate, or why not. */
const answerSchema = v.union([
  v.object({ allowed: v.literal(true) }),
  v.object({ allowed: v.literal(false), reason: v.string() }),
])
export type CheckAnswer = v.InferOutput<typeof answerSchema>

/** @returns why no certificate is issued; undefined where one may be */
export type OwnCheck = (question: CheckQuestion) => Promise<Refusal | undefined>

/** Checks of the operators' own, in a function of theirs. Where it does not answer, the device asks again. */
export const ownCheck =
  (ask: OwnFunction): OwnCheck =>
  async question => {
    try {
      const parsed = parseWith(answerSchema, await ask(question))
      if (!parsed.ok)
        return { code: 'CHECK_REFUSED', problem: 'the own check did not answer { allowed, reason }' }
      return parsed.value.allowed ? undefined : { code: 'CHECK_REFUSED', problem: parsed.value.reason }
    } catch (error) {
      const code = failureKind(error) === 'again' ? 'TRY_LATER' : 'CHECK_REFUSED'
      return { code, problem: `the own check: ${describeError(error)}` }
    }
  }

/** That of the deployment; undefined where there is none. What it needs is loaded only where there is one. */
export async function chooseCheck(
  environment: Environment,
  settings: ClientSettings = ownFunctionCalls,
): Promise<OwnCheck | undefined> {
  const arn = environment.optionalText('CHECK_FUNCTION_ARN')
  if (arn === undefined) return undefined
  const { ownFunction } = await import('../aws/own-function.ts')
  return ownCheck(ownFunction(settings, arn))
}
