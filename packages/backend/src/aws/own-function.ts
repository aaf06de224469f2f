import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { ClientSettings } from './clients.ts'

/**
 * A function of the operators' own that is asked in the middle of a rotation.
 *
 * @throws what the SDK throws, and {@link OwnFunctionFailed}: both may be asked again
 */
export type OwnFunction = (question: object) => Promise<unknown>

export function ownFunction(settings: ClientSettings, functionArn: string): OwnFunction {
  const client = new LambdaClient(settings)
  return async question => {
    const Payload = Buffer.from(JSON.stringify(question))
    const answer = await client.send(new InvokeCommand({ FunctionName: functionArn, Payload }))
    const text = Buffer.from(answer.Payload ?? []).toString()
    if (answer.FunctionError !== undefined) throw new OwnFunctionFailed(functionArn, text)
    return parse(text)
  }
}

/** It threw, or ran out of time. */
export class OwnFunctionFailed extends Error {
  override name = 'OwnFunctionFailed'
  /** Told as a service that is not available: it may work later. */
  readonly $metadata = { httpStatusCode: 503 }

  constructor(functionArn: string, text: string) {
    super(`${functionArn}: ${text.slice(0, 500)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
