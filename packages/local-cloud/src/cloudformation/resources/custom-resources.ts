import { HttpAnswer } from '../../api/http-answer.ts'
import type { RestOperation } from '../../api/operation.ts'
import type { Clock } from '../../clock.ts'
import type { Functions } from '../../lambda/functions.ts'
import { optionalNumber, optionalText, requiredText } from '../property-input.ts'
import type {
  ExistingResource,
  MadeResource,
  ResourceProvider,
  ResourceRequest,
} from '../resource-provider.ts'
import { type Members, membersOf, validationError } from '../template.ts'

/** The bucket that functions answer to; TLS connections to it are led to this cloud's HTTPS endpoint. */
export const responseHost = (region: string): string =>
  `cloudformation-custom-resource-response-${region.replaceAll('-', '')}.s3.${region}.amazonaws.com`

export interface CustomResourceDependencies {
  functions: Functions
  clock: Clock
  newId: () => string
  region: string
}

type RequestType = 'Create' | 'Update' | 'Delete'

const defaultTimeoutSeconds = 300

/** CloudFormation hands numbers and booleans on as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]))
}

function eventOf(type: RequestType, request: ResourceRequest, old?: ExistingResource): Members {
  return {
    RequestType: type,
    ServiceToken: requiredText(request.properties, 'ServiceToken'),
    StackId: request.stack.id,
    LogicalResourceId: request.logicalId,
    ResourceType: request.type,
    ResourceProperties: asText(request.properties),
    ...(old && { PhysicalResourceId: old.made.physicalId }),
    ...(type === 'Update' && old && { OldResourceProperties: asText(old.properties) }),
  }
}

/** Resources that a function of the stack makes: it is invoked with a URL, and puts its answer there. */
export class CustomResources implements ResourceProvider {
  readonly understands = ['*']
  readonly passesOver = []
  readonly #deps: CustomResourceDependencies
  readonly #awaited = new Map<string, (answer: Members) => void>()

  constructor(deps: CustomResourceDependencies) {
    this.#deps = deps
  }

  create(request: ResourceRequest): Promise<MadeResource> {
    return this.#ask('Create', request)
  }

  /** Another physical id means that the function made another resource: the old one is then to be deleted. */
  async update(request: ResourceRequest, old: ExistingResource): Promise<MadeResource> {
    const made = await this.#ask('Update', request, old)
    if (made.physicalId !== old.made.physicalId) await this.#ask('Delete', old, old)
    return made
  }

  async delete(existing: ExistingResource): Promise<void> {
    await this.#ask('Delete', existing, existing)
  }

  /** Where functions put their answers. */
  get operation(): RestOperation {
    return {
      service: 's3',
      name: 'PutCustomResourceResponse',
      method: 'PUT',
      path: '/custom-resource-responses/{token}',
      isAnonymous: true,
      handle: ({ params, rawBody }) => {
        this.#awaited.get(params['token'] ?? '')?.(membersOf(JSON.parse(rawBody.toString()), 'the answer'))
        return new HttpAnswer(200, { 'Content-Type': 'text/plain' }, '')
      },
    }
  }

  async #ask(type: RequestType, request: ResourceRequest, old?: ExistingResource): Promise<MadeResource> {
    const { clock, newId, region } = this.#deps
    const token = newId()
    const seconds = optionalNumber(request.properties, 'ServiceTimeout') ?? defaultTimeoutSeconds
    const answered = Promise.withResolvers<Members>()
    this.#awaited.set(token, answered.resolve)
    const timer = clock.after(seconds * 1000, () =>
      answered.reject(validationError(`The function did not answer within ${seconds} s.`)),
    )
    try {
      const event = {
        ...eventOf(type, request, old),
        ResponseURL: `https://${responseHost(region)}/custom-resource-responses/${token}`,
        RequestId: newId(),
      }
      const invoked = this.#invoke(requiredText(request.properties, 'ServiceToken'), event)
      const [made] = await Promise.all([answered.promise, invoked])
      return this.#outcome(made, old)
    } finally {
      timer.cancel()
      this.#awaited.delete(token)
    }
  }

  async #invoke(functionArn: string, event: Members): Promise<void> {
    const { functionError, payload } = await this.#deps.functions.invoke(
      functionArn,
      Buffer.from(JSON.stringify(event)),
    )
    if (functionError !== undefined) throw validationError(`The function failed: ${payload.toString()}`)
  }

  #outcome(made: Members, old: ExistingResource | undefined): MadeResource {
    if (made['Status'] !== 'SUCCESS')
      throw validationError(optionalText(made, 'Reason') ?? 'The function failed without a reason.')
    return {
      physicalId: optionalText(made, 'PhysicalResourceId') ?? old?.made.physicalId ?? this.#deps.newId(),
      attributes: membersOf(made['Data'] ?? {}, 'Data'),
    }
  }
}
