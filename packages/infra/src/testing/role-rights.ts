import type { Template } from 'aws-cdk-lib/assertions'
import * as v from 'valibot'

const oneOrMore = v.union([
  v.pipe(
    v.string(),
    v.transform(action => [action]),
  ),
  v.array(v.string()),
])
const document = v.object({
  Statement: v.array(v.object({ Effect: v.literal('Allow'), Action: oneOrMore, Resource: v.unknown() })),
})
const inlinePolicies = v.optional(v.array(v.object({ PolicyDocument: document })), [])
const attachedPolicy = v.object({ Roles: v.array(v.unknown()), PolicyDocument: document })

/**
 * What each action of a role, by its logical id, is allowed on, by the policies in it and those that are attached to it; a
 * list where several statements allow it.
 */
export function rightsOf(template: Template, role: string): Record<string, unknown> {
  const inline = v.parse(inlinePolicies, template.findResources('AWS::IAM::Role')[role]?.Properties.Policies)
  const attached = Object.values(template.findResources('AWS::IAM::Policy'))
    .map(({ Properties }) => v.parse(attachedPolicy, Properties))
    .filter(({ Roles }) => JSON.stringify(Roles).includes(`{"Ref":"${role}"}`))
  const rights: Record<string, unknown> = {}
  for (const { Action, Resource } of [...inline, ...attached].flatMap(one => one.PolicyDocument.Statement))
    for (const action of Action)
      rights[action] = action in rights ? [rights[action], Resource].flat() : Resource
  return rights
}
