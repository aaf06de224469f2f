import type { FunctionInstance } from '../lambda/function-instance.ts'

/** Runs a handler in this process, in the place of a sandbox. What it throws is the error of the invocation. */
export function inProcessInstance(handler: (event: unknown) => unknown): FunctionInstance {
  const exited = Promise.withResolvers<string>()
  let isDead = false
  return {
    get isDead() {
      return isDead
    },
    exited: exited.promise,
    async invoke({ event }) {
      try {
        const result = (await handler(JSON.parse(event.toString()))) ?? null
        return { payload: Buffer.from(JSON.stringify(result)) }
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        const payload = Buffer.from(JSON.stringify({ errorType: name, errorMessage: message }))
        return { functionError: 'Unhandled', payload }
      }
    },
    kill() {
      isDead = true
      exited.resolve('killed')
    },
  }
}
