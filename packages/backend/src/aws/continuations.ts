import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'

/** Work that takes longer than one invocation of a function goes on in another. */
export interface Continuations {
  /** @param event what the function is invoked with; it may come twice */
  add(event: object): Promise<void>
}

export function lambdaContinuations(client: LambdaClient, functionName: string): Continuations {
  return {
    async add(event) {
      const Payload = Buffer.from(JSON.stringify(event))
      await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }))
    },
  }
}
