import { attributeReference, intrinsicOf, subReferences } from './intrinsics.ts'
import { type Members, type Template, validationError } from './template.ts'

/** Names that a value takes from the template by Ref, Fn::GetAtt and Fn::Sub. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (typeof value !== 'object' || value === null) return []
  const [name, argument] = intrinsicOf(value as Members) ?? []
  if (name === 'Ref') return [String(argument)]
  if (name === 'Fn::GetAtt') return [attributeReference(argument)[0]]
  const substituted =
    name === 'Fn::Sub' ? subReferences(argument).map(path => path.split('.')[0] ?? path) : []
  return [...substituted, ...Object.values(value).flatMap(references)]
}

/**
 * The logical ids of a template, each after those that it needs; otherwise as they stand.
 *
 * @throws AwsError `ValidationError` for a circle, and for a reference to nothing
 */
export function deploymentOrder(template: Template): string[] {
  const order: string[] = []
  const visiting = new Set<string>()

  function visit(id: string, neededBy: string): void {
    if (order.includes(id)) return
    if (visiting.has(id))
      throw validationError(`Circular dependency between resources: [${[...visiting].join(', ')}]`)
    const resource = template.resources.get(id)
    if (resource === undefined) {
      if (template.parameters.has(id) || id.startsWith('AWS::')) return
      throw validationError(`Template format error: Unresolved resource dependencies [${id}] of ${neededBy}.`)
    }
    visiting.add(id)
    for (const needed of [...resource.dependsOn, ...references(resource.properties)]) visit(needed, id)
    visiting.delete(id)
    order.push(id)
  }

  for (const id of template.resources.keys()) visit(id, id)
  return order
}
