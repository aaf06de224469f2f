import type { PolicyDocument, RoleStore } from '../../iam/roles.ts'
import { listOf, optionalText, rawListOf, refuseTaken, requiredText } from '../property-input.ts'
import type { ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import type { Members } from '../template.ts'

const policy = (given: Members): PolicyDocument => ({
  name: requiredText(given, 'PolicyName'),
  document: given['PolicyDocument'],
})

export function roleProvider(roles: RoleStore, newId: () => string): ResourceProvider {
  const put = (name: string, { properties }: ResourceRequest) => {
    const { arn } = roles.put({
      name,
      trustPolicy: properties['AssumeRolePolicyDocument'],
      policies: listOf(properties, 'Policies').map(policy),
      managedPolicyArns: rawListOf(properties, 'ManagedPolicyArns').map(String),
    })
    const roleId = `AROA${newId().replaceAll('-', '').toUpperCase().slice(0, 16)}`
    return { physicalId: name, attributes: { Arn: arn, RoleId: roleId } }
  }
  return {
    understands: ['RoleName', 'AssumeRolePolicyDocument', 'Policies', 'ManagedPolicyArns'],
    passesOver: ['Description', 'MaxSessionDuration', 'Path', 'Tags'],
    create(request) {
      const name = optionalText(request.properties, 'RoleName') ?? request.generatedName(64)
      refuseTaken(roles.find(name) !== undefined, name)
      return put(name, request)
    },
    update: (request, old) =>
      put(optionalText(request.properties, 'RoleName') ?? old.made.physicalId, request),
    delete: ({ made }) => roles.delete(made.physicalId),
  }
}

/** An inline policy that is written beside its roles; a managed policy of the stack's own is the same to them. */
export function policyProvider(roles: RoleStore): ResourceProvider {
  return {
    understands: ['PolicyName', 'ManagedPolicyName', 'PolicyDocument', 'Roles'],
    passesOver: ['Description', 'Path'],
    create({ properties, generatedName }) {
      const name =
        optionalText(properties, 'PolicyName') ??
        optionalText(properties, 'ManagedPolicyName') ??
        generatedName(128)
      for (const role of rawListOf(properties, 'Roles'))
        roles.putPolicy(String(role), { name, document: properties['PolicyDocument'] })
      return { physicalId: name, attributes: { Id: name } }
    },
    delete({ properties, made }) {
      for (const role of rawListOf(properties, 'Roles')) roles.deletePolicy(String(role), made.physicalId)
    },
  }
}
