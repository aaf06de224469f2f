import type { RestOperation } from '@rotator/local-cloud/api/operation'
import { type Binding, bindings } from './rest-bindings.ts'

type Input = Readonly<Record<string, unknown>>
type Scalar = string | number | boolean

interface Bound {
  operation: RestOperation
  pathMembers: readonly string[]
  binding: Binding
}

/** The local cloud's operations, called as the SDK calls them but without a wire in between. */
export class RestServices {
  readonly #operations: ReadonlyMap<string, Bound>

  constructor(operations: readonly RestOperation[]) {
    this.#operations = new Map(
      operations.map(operation => {
        const name = `${operation.service} ${operation.name}`
        return [name, { operation, pathMembers: membersOf(operation.path), binding: bindings[name] ?? {} }]
      }),
    )
  }

  /** @throws AwsError as AWS would answer it */
  call(service: string, name: string, input: Input): unknown {
    const found = this.#operations.get(`${service} ${name}`)
    if (found === undefined) throw new Error(`the local cloud has no operation ${name} of ${service}`)
    const { operation, pathMembers, binding } = found
    const { query, headers = {}, payload, answer } = binding
    const call = {
      params: {} as Record<string, string>,
      query: query === undefined ? noQuery : new URLSearchParams(),
      headers: {} as Record<string, string>,
      body: {} as Record<string, unknown>,
      rawBody: nothing,
      caller: {},
    }
    for (const [member, value] of Object.entries(input)) {
      if (value === undefined) continue
      // What is part of the path, the query or a header is a scalar.
      const text = `${value as Scalar}`
      const parameter = query?.[member]
      const header = headers[member]
      if (pathMembers.includes(member)) call.params[member] = text
      else if (parameter !== undefined) call.query.set(parameter, text)
      else if (header !== undefined) call.headers[header] = text
      else if (member === payload) call.rawBody = Buffer.from(value as Uint8Array)
      else call.body[member] = value
    }
    const output = operation.handle(call)
    if (answer !== undefined) return { [answer]: Buffer.from(JSON.stringify(output)) }
    return service === 'iot' ? withDates(output) : output
  }
}

/** Every world has the same paths. */
const known = new Map<string, readonly string[]>()

function membersOf(path: string): readonly string[] {
  const members = known.get(path) ?? [...path.matchAll(/\{(\w+)\+?\}/gu)].map(([, name = '']) => name)
  known.set(path, members)
  return members
}

/** The SDK reads times of the control plane, seconds since 1970, as dates. */
function withDates(output: unknown): unknown {
  if (typeof output !== 'object' || output === null) return output
  if (Array.isArray(output)) return output.map(withDates)
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [
      name,
      typeof value === 'number' && /(?:At|Date)$/u.test(name) ? new Date(value * 1000) : withDates(value),
    ]),
  )
}

const nothing = Buffer.alloc(0)
const noQuery = new URLSearchParams()
