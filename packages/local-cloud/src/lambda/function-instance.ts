import type { RuntimeInvocation } from './runtime-api.ts'

/** JSON of the result, or of an error in the shape `{ errorType, errorMessage, trace? }`. */
export interface InvocationResult {
  functionError?: 'Unhandled'
  payload: Buffer
}

/** One environment that runs a function, one invocation at a time: a process, or whatever a simulation puts in its place. */
export interface FunctionInstance {
  readonly isDead: boolean
  /** Resolves, with how it ended, when nothing is left of it. */
  readonly exited: Promise<string>
  /** Never rejects: whatever goes wrong is an error of the invocation. */
  invoke(invocation: Omit<RuntimeInvocation, 'deadlineMs'>): Promise<InvocationResult>
  kill(): void
}
