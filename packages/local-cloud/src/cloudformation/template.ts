import { AwsError } from '../api/aws-error.ts'

export type Members = Readonly<Record<string, unknown>>

/** What becomes of a resource that leaves its stack; the last one goes with a deployment that made it and failed. */
export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate'

export interface TemplateResource {
  type: string
  properties: Members
  dependsOn: readonly string[]
  condition?: string
  deletionPolicy: DeletionPolicy
}

export interface TemplateParameter {
  type: string
  defaultValue?: string
}

export interface Template {
  parameters: ReadonlyMap<string, TemplateParameter>
  conditions: Members
  mappings: Members
  resources: ReadonlyMap<string, TemplateResource>
  outputs: ReadonlyMap<string, { value: unknown; condition?: string }>
}

export const validationError = (message: string): AwsError => new AwsError('ValidationError', 400, message)

export function membersOf(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw validationError(`Template format error: ${what} must be an object.`)
  return value as Members
}

const section = (template: Members, name: string): [string, Members][] =>
  Object.entries(membersOf(template[name] ?? {}, name)).map(([key, value]) => [
    key,
    membersOf(value, `${name}.${key}`),
  ])

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

const textList = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String)

function resource(id: string, given: Members): TemplateResource {
  const { Type, Properties, DependsOn, Condition, DeletionPolicy } = given
  if (typeof Type !== 'string') throw validationError(`Template format error: resource ${id} has no Type.`)
  return {
    type: Type,
    properties: membersOf(Properties ?? {}, `Resources.${id}.Properties`),
    dependsOn: textList(DependsOn),
    ...(typeof Condition === 'string' && { condition: Condition }),
    deletionPolicy:
      DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate' ? DeletionPolicy : 'Delete',
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw validationError(
      `The template is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/**
 * Parses a template's JSON text. Rules and metadata are passed over: what CDK writes there speaks of its own
 * bootstrap stack, which nothing here needs.
 *
 * @throws AwsError `ValidationError`
 */
export function parseTemplate(json: string): Template {
  const template = membersOf(parseJson(json), 'the template')
  if (template['Transform'] !== undefined)
    throw validationError('Transforms and macros are not in this cloud.')
  return {
    parameters: new Map(
      section(template, 'Parameters').map(([name, { Type, Default }]) => [
        name,
        { type: String(Type), ...(isScalar(Default) && { defaultValue: String(Default) }) },
      ]),
    ),
    conditions: membersOf(template['Conditions'] ?? {}, 'Conditions'),
    mappings: membersOf(template['Mappings'] ?? {}, 'Mappings'),
    resources: new Map(section(template, 'Resources').map(([id, given]) => [id, resource(id, given)])),
    outputs: new Map(
      section(template, 'Outputs').map(([name, { Value, Condition }]) => [
        name,
        { value: Value, ...(typeof Condition === 'string' && { condition: Condition }) },
      ]),
    ),
  }
}
