import { isDeepStrictEqual } from 'node:util'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import { deploymentOrder } from './deployment-order.ts'
import { noValue, resolve, type Scope } from './intrinsics.ts'
import type {
  ExistingResource,
  ResourceProvider,
  ResourceRequest,
  StackIdentity,
} from './resource-provider.ts'
import {
  type DeletionPolicy,
  membersOf,
  parseTemplate,
  type Template,
  type TemplateResource,
  validationError,
} from './template.ts'

/** Gives the provider of a type; undefined: the type is not in this cloud. */
export type ProviderOf = (type: string) => ResourceProvider | undefined

export interface StackDependencies {
  account: Account
  newId: () => string
}

export interface DeployedResource extends ExistingResource {
  provider: ResourceProvider
  deletionPolicy: DeletionPolicy
  /** It was there before the stack took it. */
  isImported: boolean
}

export interface Deployment {
  parameters?: Readonly<Record<string, string>>
  /** Takes what exists by a name of the template, where that retains it, as `cdk deploy --import-existing-resources` does. */
  importExisting?: boolean
  /** Called as each resource is made, changed, kept or removed. */
  progress?: (event: {
    logicalId: string
    type: string
    action: 'create' | 'import' | 'update' | 'keep' | 'delete'
  }) => void
}

const bootstrapParameter = 'AWS::SSM::Parameter::Value<String>'

/** A stack: what it is made of, and how the next template changes it. */
export class Stack {
  readonly identity: StackIdentity
  readonly #deps: StackDependencies
  readonly #resources = new Map<string, DeployedResource>()
  #providerOf: ProviderOf = () => undefined
  outputs: Readonly<Record<string, string>> = {}

  constructor(name: string, deps: StackDependencies) {
    this.identity = { name, id: arn(deps.account, 'cloudformation', `stack/${name}/${deps.newId()}`) }
    this.#deps = deps
  }

  get resources(): ReadonlyMap<string, DeployedResource> {
    return this.#resources
  }

  /**
   * Makes the stack what a template says: new resources are made, changed ones changed, others kept or removed.
   * Where a resource cannot be made, those that this deployment made are removed again.
   *
   * @throws AwsError `ValidationError`, before anything is made, for a template that this cloud cannot carry out
   */
  async deploy(templateJson: string, providerOf: ProviderOf, deployment: Deployment = {}): Promise<void> {
    this.#providerOf = providerOf
    const template = parseTemplate(templateJson)
    const order = deploymentOrder(template)
    const scope = this.#scope(template, deployment.parameters ?? {})
    const wanted = order.filter(id => this.#isWanted(template, id, scope))
    for (const id of wanted) this.#check(id, resourceOf(template, id))

    const made: string[] = []
    for (const id of wanted)
      try {
        if (await this.#put(id, resourceOf(template, id), scope, deployment)) made.push(id)
      } catch (error) {
        await this.#rollBack(made.toReversed())
        throw failure(id, resourceOf(template, id).type, error)
      }
    const superfluous = [...this.#resources.keys()].filter(id => !wanted.includes(id))
    await this.#removeAll(superfluous.toReversed(), deployment)
    this.outputs = this.#outputsOf(template, scope)
  }

  /** Removes everything that is not to be retained. */
  async delete(): Promise<void> {
    await this.#removeAll([...this.#resources.keys()].toReversed(), {})
  }

  #isWanted(template: Template, id: string, scope: Scope): boolean {
    const { condition } = resourceOf(template, id)
    return condition === undefined || scope.condition(condition)
  }

  #check(id: string, { type, properties }: TemplateResource): void {
    const provider = this.#providerOf(type)
    if (provider === undefined)
      throw validationError(`Resource ${id}: the type ${type} is not in this cloud.`)
    const known = [...provider.understands, ...provider.passesOver]
    const unknown = known.includes('*')
      ? undefined
      : Object.keys(properties).find(name => !known.includes(name))
    if (unknown !== undefined)
      throw validationError(`Resource ${id}: property ${unknown} of type ${type} is not in this cloud.`)
  }

  /** @returns whether the stack has a resource that it did not have before */
  async #put(
    id: string,
    { type, properties: given, deletionPolicy }: TemplateResource,
    scope: Scope,
    deployment: Deployment,
  ) {
    const provider = this.#providerOf(type)
    if (provider === undefined) throw validationError(`The type ${type} is not in this cloud.`)
    const properties = membersOf(resolve(given, scope), `the properties of ${id}`)
    const request: ResourceRequest = {
      logicalId: id,
      type,
      properties,
      stack: this.identity,
      generatedName: maximumLength => this.#generatedName(id, maximumLength),
    }
    const old = this.#resources.get(id)
    const isSame = old?.type === type && isDeepStrictEqual(old.properties, properties)
    if (isSame) {
      deployment.progress?.({ logicalId: id, type, action: 'keep' })
      return false
    }
    const changes = old?.type === type && provider.update !== undefined
    const adopted =
      old === undefined && deployment.importExisting === true && deletionPolicy !== 'Delete'
        ? provider.adopt?.(request)
        : undefined
    const isImported = adopted !== undefined
    const action = isImported ? 'import' : old === undefined ? 'create' : 'update'
    deployment.progress?.({ logicalId: id, type, action })
    const made = adopted ?? (changes ? await provider.update?.(request, old) : await provider.create(request))
    if (made === undefined) throw validationError('The resource was not made.')
    this.#resources.delete(id)
    this.#resources.set(id, { ...request, made, provider, deletionPolicy, isImported })
    const replaced = old !== undefined && !changes && old.made.physicalId !== made.physicalId
    if (replaced && old.deletionPolicy === 'Delete') await old.provider.delete(old)
    return old === undefined
  }

  async #removeAll(ids: readonly string[], { progress }: Deployment): Promise<void> {
    for (const id of ids) {
      const resource = this.#resources.get(id)
      this.#resources.delete(id)
      if (resource === undefined || resource.deletionPolicy !== 'Delete') continue
      progress?.({ logicalId: id, type: resource.type, action: 'delete' })
      await resource.provider.delete(resource)
    }
  }

  /** Removes what a failed deployment made, and lets go of what it imported. */
  async #rollBack(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const resource = this.#resources.get(id)
      this.#resources.delete(id)
      if (resource === undefined || resource.isImported || resource.deletionPolicy === 'Retain') continue
      await resource.provider.delete(resource)
    }
  }

  #generatedName(logicalId: string, maximumLength: number): string {
    const chance = this.#deps.newId().replaceAll('-', '').slice(0, 12)
    const room = maximumLength - chance.length - 2
    const stack = this.identity.name.slice(0, Math.max(1, room - logicalId.length))
    return `${stack}-${logicalId.slice(0, room - stack.length)}-${chance}`
  }

  #outputsOf(template: Template, scope: Scope): Record<string, string> {
    const wanted = [...template.outputs].filter(
      ([, { condition }]) => condition === undefined || scope.condition(condition),
    )
    return Object.fromEntries(wanted.map(([name, { value }]) => [name, String(resolve(value, scope))]))
  }

  #scope(template: Template, given: Readonly<Record<string, string>>): Scope {
    const { account } = this.#deps
    const named = new Map<string, unknown>([
      ['AWS::AccountId', account.accountId],
      ['AWS::Region', account.region],
      ['AWS::Partition', account.partition],
      ['AWS::URLSuffix', 'amazonaws.com'],
      ['AWS::StackName', this.identity.name],
      ['AWS::StackId', this.identity.id],
      ['AWS::NotificationARNs', []],
      ['AWS::NoValue', noValue],
      ...parametersOf(template, given),
    ])
    const conditions = template.conditions
    const scope: Scope = {
      mappings: template.mappings,
      ref: name => {
        const value = named.get(name) ?? this.#resources.get(name)?.made.physicalId
        if (value === undefined) throw validationError(`Template format error: Unresolved reference ${name}.`)
        return value
      },
      attribute: (id, name) => {
        const value = this.#resources.get(id)?.made.attributes[name]
        if (value === undefined)
          throw validationError(`Template error: resource ${id} has no attribute ${name}.`)
        return value
      },
      condition: name => {
        if (!Object.hasOwn(conditions, name))
          throw validationError(`Template error: there is no condition ${name}.`)
        return resolve(conditions[name], scope) === true
      },
    }
    return scope
  }
}

function resourceOf(template: Template, id: string): TemplateResource {
  const resource = template.resources.get(id)
  if (resource === undefined) throw validationError(`Template format error: there is no resource ${id}.`)
  return resource
}

function parametersOf(template: Template, given: Readonly<Record<string, string>>): [string, unknown][] {
  const unknown = Object.keys(given).find(name => !template.parameters.has(name))
  if (unknown !== undefined) throw validationError(`Parameters: [${unknown}] do not exist in the template`)
  return [...template.parameters].map(([name, { type, defaultValue }]) => {
    const value = given[name] ?? defaultValue
    if (value === undefined) throw validationError(`Parameters: [${name}] must have values`)
    // The one parameter that CDK lets AWS look up: the version of its bootstrap stack, which nothing here needs.
    if (type.startsWith('AWS::SSM') && type !== bootstrapParameter)
      throw validationError(`Parameter ${name}: the type ${type} is not in this cloud.`)
    const isList = type === 'CommaDelimitedList' || type.startsWith('List<')
    return [name, isList ? value.split(',').map(item => item.trim()) : value]
  })
}

function failure(id: string, type: string, error: unknown): AwsError {
  const reason = error instanceof Error ? error.message : String(error)
  const code = error instanceof AwsError ? error.code : 'InternalFailure'
  return new AwsError(
    'StackOperationFailed',
    400,
    `Resource ${id} (${type}) could not be made: ${code}: ${reason}`,
  )
}
