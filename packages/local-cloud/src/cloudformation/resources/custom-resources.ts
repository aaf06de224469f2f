import { HttpAnswer } from '../../api/http-answer.ts'
import type { RestCall, RestOperation } from '../../api/operation.ts'
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

export interface CustomResources {
  provider: ResourceProvider
  /** Takes what functions answer. */
  operations: RestOperation[]
}

const defaultTimeoutSeconds = 300

/** CloudFormation hands numbers and booleans on as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]))
}

/** Resources that a function of the stack makes: it is invoked with an URL, which it puts its answer to. */
export function customResources(deps: CustomResourceDependencies): CustomResources {
  const awaited = new Map<string, (answer: Members) => void>()

  function answer(call: RestCall): HttpAnswer {
    // Functions send no content type, so the body may not have been taken for JSON.
    awaited.get(call.params['token'] ?? '')?.(membersOf(JSON.parse(call.rawBody.toString()), 'the answer'))
    return new HttpAnswer(200, { 'Content-Type': 'text/plain' }, '')
  }

  async function ask(
    requestType: string,
    request: ResourceRequest,
    old?: ExistingResource,
  ): Promise<MadeResource> {
    const { properties } = request
    const token = deps.newId()
    const seconds = optionalNumber(properties, 'ServiceTimeout') ?? defaultTimeoutSeconds
    const answered = Promise.withResolvers<Members>()
    awaited.set(token, answered.resolve)
    const timer = deps.clock.after(seconds * 1000, () =>
      answered.reject(validationError(`The function did not answer within ${seconds} s.`)),
    )
    try {
      const event = {
        RequestType: requestType,
        ServiceToken: requiredText(properties, 'ServiceToken'),
        ResponseURL: `https://${responseHost(deps.region)}/custom-resource-responses/${token}`,
        StackId: request.stack.id,
        RequestId: deps.newId(),
        LogicalResourceId: request.logicalId,
        ResourceType: request.type,
        ...(old && { PhysicalResourceId: old.made.physicalId }),
        ...(requestType === 'Update' && old && { OldResourceProperties: asText(old.properties) }),
        ResourceProperties: asText(properties),
      }
      const invoked = deps.functions.invoke(event.ServiceToken, Buffer.from(JSON.stringify(event)))
      const ended = invoked.then(({ functionError, payload }) => {
        if (functionError !== undefined) throw validationError(`The function failed: ${payload.toString()}`)
        return payload
      })
      const [made] = await Promise.all([answered.promise, ended])
      return outcome(made, old)
    } finally {
      timer.cancel()
      awaited.delete(token)
    }
  }

  function outcome(made: Members, old: ExistingResource | undefined): MadeResource {
    if (made['Status'] !== 'SUCCESS')
      throw validationError(optionalText(made, 'Reason') ?? 'The function failed without a reason.')
    return {
      physicalId: optionalText(made, 'PhysicalResourceId') ?? old?.made.physicalId ?? deps.newId(),
      attributes: membersOf(made['Data'] ?? {}, 'Data'),
    }
  }

  return {
    provider: {
      understands: ['*'],
      passesOver: [],
      create: request => ask('Create', request),
      async update(request, old) {
        const made = await ask('Update', request, old)
        // Another physical id means that the function made another resource: the old one is then to be deleted.
        if (made.physicalId !== old.made.physicalId) await ask('Delete', old, old)
        return made
      },
      async delete(existing) {
        await ask('Delete', existing, existing)
      },
    },
    operations: [
      {
        service: 's3',
        name: 'PutCustomResourceResponse',
        method: 'PUT',
        path: '/custom-resource-responses/{token}',
        handle: answer,
      },
    ],
  }
}
