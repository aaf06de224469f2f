import { type Account, arn } from '../../account.ts'
import { optionalText, refuseTaken } from '../property-input.ts'
import type { MadeResource, ResourceProvider } from '../resource-provider.ts'

/**
 * Log groups are names and no more: what functions write goes to files, one for each function.
 *
 * @param names of all that there are, also of those that a stack left behind
 */
export function logGroupProvider(account: Account, names: Set<string>): ResourceProvider {
  const madeAs = (name: string): MadeResource => ({
    physicalId: name,
    // `:*` is at the end of the ARN that policies are written with.
    attributes: { Arn: arn(account, 'logs', `log-group:${name}:*`) },
  })
  const take = (name: string): MadeResource => {
    refuseTaken(names.has(name), name)
    names.add(name)
    return madeAs(name)
  }
  return {
    understands: ['LogGroupName'],
    passesOver: ['*'],
    create: ({ properties, generatedName }) =>
      take(optionalText(properties, 'LogGroupName') ?? generatedName(512)),
    adopt({ properties }) {
      const name = optionalText(properties, 'LogGroupName')
      return name !== undefined && names.has(name) ? madeAs(name) : undefined
    },
    update({ properties }, { made }) {
      const name = optionalText(properties, 'LogGroupName') ?? made.physicalId
      if (name === made.physicalId) return made
      const renamed = take(name)
      names.delete(made.physicalId)
      return renamed
    },
    delete: ({ made }) => void names.delete(made.physicalId),
  }
}
