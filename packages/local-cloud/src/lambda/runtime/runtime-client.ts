import { Agent, type IncomingMessage, request } from 'node:http'

export interface Invocation {
  requestId: string
  deadlineMs: number
  functionArn: string
  event: unknown
}

const header = (response: IncomingMessage, name: string): string => String(response.headers[name] ?? '')

/** Speaks Lambda's Runtime API: takes the next invocation, and answers it. */
export class RuntimeClient {
  readonly #base: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 })

  /** @param address `host:port`, as `AWS_LAMBDA_RUNTIME_API` has it */
  constructor(address: string) {
    this.#base = `http://${address}/2018-06-01/runtime`
  }

  /** Waits for as long as it takes. */
  async next(): Promise<Invocation> {
    const { response, body } = await this.#call('GET', '/invocation/next')
    return {
      requestId: header(response, 'lambda-runtime-aws-request-id'),
      deadlineMs: Number(header(response, 'lambda-runtime-deadline-ms')),
      functionArn: header(response, 'lambda-runtime-invoked-function-arn'),
      event: JSON.parse(body),
    }
  }

  async respond(requestId: string, result: unknown): Promise<void> {
    await this.#call('POST', `/invocation/${requestId}/response`, JSON.stringify(result ?? null))
  }

  async fail(requestId: string, error: unknown): Promise<void> {
    await this.#call('POST', `/invocation/${requestId}/error`, errorText(error))
  }

  async failToStart(error: unknown): Promise<void> {
    await this.#call('POST', '/init/error', errorText(error))
  }

  #call(method: string, path: string, body = ''): Promise<{ response: IncomingMessage; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(this.#base + path, { method, agent: this.#agent }, response => {
        response
          .toArray()
          .then(chunks => resolve({ response, body: Buffer.concat(chunks).toString() }), reject)
      })
      sent.once('error', reject)
      sent.end(body)
    })
  }
}

function errorText(error: unknown): string {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return JSON.stringify({ errorType: name, errorMessage: message, trace: stack.split('\n') })
}
