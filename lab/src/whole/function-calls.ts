import { AwsError } from '@rotator/local-cloud/api/aws-error'
import type { CallFault, ObservedCall } from '@rotator/local-cloud/api/call-hooks'
import { resourceWords, stackName } from '@rotator/protocol/names'
import type { World } from './world.ts'

/** The functions of the backend, by their word. */
export const functionNames = {
  create: `${stackName}${resourceWords.create}`,
  commit: `${stackName}${resourceWords.commit}`,
  finish: `${stackName}${resourceWords.finish}`,
  retire: `${stackName}${resourceWords.retire}`,
  sweep: `${stackName}${resourceWords.sweep}`,
} as const
export type FunctionWord = keyof typeof functionNames
const allWords = Object.keys(functionNames) as FunctionWord[]
/** Those that a rotation itself sets to work; the sweep works by the clock. */
export const functionWords = ['create', 'commit', 'finish', 'retire'] as const satisfies FunctionWord[]

/** Which function makes a call; undefined for callers that are none. */
export function callerOf(world: World, { caller }: ObservedCall): FunctionWord | undefined {
  const session = world.cloud.services.credentials.sessionOf(caller.accessKeyId ?? '')?.sessionName
  return allWords.find(word => functionNames[word] === session)
}

/** The calls of each function, by name, in their order. */
export type CallLists = Record<FunctionWord, string[]>

/** Writes down the calls that the functions make from now on. The SDK's own repeats do not count. */
export function recordCalls(world: World): { calls: CallLists; stop(): void } {
  const calls: CallLists = { create: [], commit: [], finish: [], retire: [], sweep: [] }
  const seen = new Set<string>()
  const stop = world.cloud.api.interfere(call => {
    const word = callerOf(world, call)
    if (word !== undefined && isNew(seen, call)) calls[word].push(call.name)
    return undefined
  })
  return { calls, stop }
}

export interface ArmedCallFault {
  /** The name of the call that it met. */
  readonly met: string | undefined
  /** How often the fault struck: once a try of the SDK. */
  readonly fired: number
  stop(): void
}

/**
 * Lets the n-th call of a function go wrong.
 *
 * @param callNumber counted from 1, from now on
 * @param tries how many of the SDK's own repeats of that call go wrong, the first included
 */
export function failCall(
  world: World,
  {
    word,
    callNumber,
    tries,
    fault,
  }: { word: FunctionWord; callNumber: number; tries: number; fault: CallFault },
): ArmedCallFault {
  const seen = new Set<string>()
  let target: string | undefined
  let met: string | undefined
  let fired = 0
  const stop = world.cloud.api.interfere(call => {
    if (callerOf(world, call) !== word) return undefined
    if (isNew(seen, call) && seen.size === callNumber) target = invocationOf(call)
    if (target === undefined || invocationOf(call) !== target || fired >= tries) return undefined
    fired += 1
    met = call.name
    return fault
  })
  return {
    get met() {
      return met
    },
    get fired() {
      return fired
    },
    stop,
  }
}

/** The SDK gives most calls an id, which its repeats keep; the others are told by what they ask for. */
function invocationOf({ headers, name, params, query, input }: ObservedCall): string {
  const id = headers['amz-sdk-invocation-id']
  return typeof id === 'string' ? id : JSON.stringify([name, params, query.toString(), input])
}

function isNew(seen: Set<string>, call: ObservedCall): boolean {
  const id = invocationOf(call)
  if (seen.has(id)) return false
  seen.add(id)
  return true
}

export const internalFailure = new AwsError('InternalFailureException', 500, 'A fault of a test.')
export const throttled = new AwsError('ThrottlingException', 400, 'Rate exceeded')
