/** An invocation that is about to begin. */
export interface StartingInvocation {
  functionName: string
  requestId: string
  event: Buffer
}

/**
 * What a fault does to an invocation: run it a second time at the same moment (Lambda delivers at least once), hold
 * it back for a time, or refuse it as throttled.
 */
export type InvocationFault = { kind: 'twice' } | { kind: 'delay'; ms: number } | { kind: 'refuse' }

export type InvocationInterference = (invocation: StartingInvocation) => InvocationFault | undefined
