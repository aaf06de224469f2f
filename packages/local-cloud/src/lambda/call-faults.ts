import type { Api } from '../api/api.ts'
import type { ObservedCall } from '../api/call-hooks.ts'
import type { CredentialStore } from '../iam/credentials.ts'
import type { SandboxFactory } from './sandbox-factory.ts'

export interface KillAtCall {
  functionName: string
  /** Counted from 1, over all calls of the function from now on that `matches` takes. */
  callNumber: number
  /** `before`: the call never takes effect. `after`: it does, and the process does not learn of it. */
  when: 'before' | 'after'
  matches?: (call: ObservedCall) => boolean
}

export interface ArmedFault {
  /** The call that the process died at, once it has. */
  fired: Promise<ObservedCall>
  disarm(): void
}

/** Kills a function's process as it makes its n-th call to AWS, once. */
export function killAtCall(
  fault: KillAtCall,
  deps: { api: Pick<Api, 'interfere'>; credentials: CredentialStore; sandboxes: SandboxFactory },
): ArmedFault {
  const fired = Promise.withResolvers<ObservedCall>()
  let seen = 0
  const disarm = deps.api.interfere(async call => {
    const { accessKeyId = '' } = call.caller
    if (deps.credentials.sessionOf(accessKeyId)?.sessionName !== fault.functionName) return undefined
    if (fault.matches?.(call) === false) return undefined
    seen += 1
    if (seen !== fault.callNumber) return undefined
    disarm()
    const sandbox = deps.sandboxes.sandboxOf(accessKeyId)
    sandbox?.kill()
    await sandbox?.exited
    fired.resolve(call)
    return { when: fault.when, answer: 'drop' }
  })
  return { fired: fired.promise, disarm }
}
