import { type ApiResponse, failure, success } from './answer.ts'
import type { ApiRequest } from './api-request.ts'
import { AwsError } from './aws-error.ts'
import type {
  Authenticate,
  Authorize,
  CallFault,
  Interference,
  ObservedCall,
  Observer,
} from './call-hooks.ts'
import { type CredentialScope, credentialScope } from './credential-scope.ts'
import type { ActionOperation, Caller, RestOperation } from './operation.ts'
import { type ParsedCall, parseRequest } from './parse-request.ts'
import { createRouter } from './router.ts'

export interface Api {
  /** Answers undefined where the connection is to be dropped without an answer. */
  handle(request: ApiRequest): Promise<ApiResponse | undefined>
  /** Hears of every call that ended. Returns the way to stop. */
  observe(observer: Observer): () => void
  /** Lets a fault look at every call before it is carried out. Returns the way to stop. */
  interfere(interference: Interference): () => void
}

export interface ApiDependencies {
  operations: readonly RestOperation[]
  actions: readonly ActionOperation[]
  /** Makes the id of each request. */
  newId: () => string
  authenticate?: Authenticate
  authorize?: Authorize
  /** Told of errors that are no {@link AwsError}: faults of this program, answered as InternalFailure. */
  onDefect?: (error: unknown) => void
}

/** The front of all API operations: routing, protocols, hooks; knows no sockets. */
export function createApi(deps: ApiDependencies): Api {
  const router = createRouter(deps.operations)
  const observers = new Set<Observer>()
  const interferences = new Set<Interference>()

  async function firstFault(call: ObservedCall): Promise<CallFault | undefined> {
    for (const interference of interferences) {
      const fault = await interference(call)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  async function carryOut(
    { call, protocol, isAnonymous, run }: ParsedCall,
    { request, scope }: { request: ApiRequest; scope: CredentialScope | undefined },
    requestId: string,
  ): Promise<ApiResponse | undefined> {
    const finish = (response: ApiResponse | undefined, error?: AwsError): ApiResponse | undefined => {
      const finished = {
        ...call,
        status: response?.status ?? 0,
        ...(error !== undefined && { errorCode: error.code, errorMessage: error.message }),
      }
      for (const observer of observers) observer(finished)
      return response
    }
    const fail = (error: AwsError) => finish(failure(protocol, error, requestId), error)
    const faulty = (fault: CallFault) => (fault.answer === 'drop' ? finish(undefined) : fail(fault.answer))
    let fault: CallFault | undefined
    try {
      if (!isAnonymous) await deps.authenticate?.(request, scope, protocol)
      // A signature that nobody has verified tells nothing of the caller.
      const { accessKeyId: _, ...unsigned } = call.caller
      deps.authorize?.(isAnonymous ? unsigned : call.caller, call)
      fault = await firstFault(call)
      if (fault?.when === 'before') return faulty(fault)
      const output = await run()
      return fault === undefined ? finish(success(protocol, output, requestId)) : faulty(fault)
    } catch (error) {
      const failed = asAwsError(error, deps.onDefect)
      return fault === undefined ? fail(failed) : faulty(fault)
    }
  }

  return {
    async handle(request) {
      const requestId = deps.newId()
      const scope = credentialScope(request.headers.authorization)
      const caller: Caller = {
        ...(scope !== undefined && { accessKeyId: scope.accessKeyId }),
        ...(request.certificateId !== undefined && { certificateId: request.certificateId }),
      }
      const parsed = parseRequest(request, caller, scope?.service, router, deps.actions)
      return 'refused' in parsed
        ? failure(parsed.protocol, parsed.refused, requestId)
        : carryOut(parsed, { request, scope }, requestId)
    },
    observe: observer => subscribe(observers, observer),
    interfere: interference => subscribe(interferences, interference),
  }
}

function subscribe<T>(set: Set<T>, member: T): () => void {
  set.add(member)
  return () => set.delete(member)
}

function asAwsError(error: unknown, onDefect: ((error: unknown) => void) | undefined): AwsError {
  if (error instanceof AwsError) return error
  onDefect?.(error)
  return new AwsError('InternalFailureException', 500, 'An unexpected error has occurred.')
}
