import { type Account, arn } from '../account.ts'
import type { Certificates } from '../certificates/certificates.ts'
import type { ThingGroups } from '../registry/thing-groups.ts'
import type { ThingPrincipals } from '../registry/thing-principals.ts'
import type { Things } from '../registry/things.ts'
import { isAllowed } from './evaluate.ts'
import type { Policies } from './policies.ts'
import type { Statement } from './policy-document.ts'
import type { PolicyContext } from './policy-variables.ts'

export interface AuthorityDependencies {
  account: Account
  things: Things
  groups: ThingGroups
  principals: ThingPrincipals
  certificates: Certificates
  policies: Policies
}

/** A device as it presents itself: by its certificate and, with MQTT, its client id. */
export interface DevicePresence {
  certificateId: string
  /** Absent for a call by HTTP. */
  clientId?: string
  sourceIp?: string
}

/** What one connection may do. Answers follow every change of policies, groups, things and attachments. */
export interface DeviceAuthority {
  /** @param resource the part of the ARN after the account, such as `topic/a/b` */
  allows(action: string, resource: string): boolean
  /** The certificate's exclusive thing whatever the client id, or else the thing that is named like the client id. */
  thingName(): string | undefined
  exclusiveThingName(): string | undefined
}

/** Answers remembered for one connection; far more than the topics that a device uses. */
const rememberedAnswers = 1024

export function deviceAuthority(deps: AuthorityDependencies, device: DevicePresence): DeviceAuthority {
  const { account, things, groups, principals, certificates, policies } = deps
  const certificateArn = certificates.arnOf(device.certificateId)
  const resourcePrefix = arn(account, 'iot', '')
  let knownRevision = -1
  let statements: readonly Statement[] = []
  let context: PolicyContext = { certificateId: device.certificateId, subject: {} }
  const answers = new Map<string, boolean>()

  const exclusiveThingName = () => principals.exclusiveThingOf(certificateArn)
  const thingName = () => exclusiveThingName() ?? nameOfExistingThing(device.clientId)
  function nameOfExistingThing(clientId: string | undefined): string | undefined {
    return clientId !== undefined && things.has(clientId) ? clientId : undefined
  }

  function policyTargets(): string[] {
    const attached = thingName()
    if (attached === undefined || !principals.isAttached(attached, certificateArn)) return [certificateArn]
    const direct = groups.groupsOf(attached).map(({ groupName }) => groupName)
    const above = direct.flatMap(name => groups.ancestorsOf(name).map(({ groupName }) => groupName))
    const names = [...new Set([...direct, ...above])]
    return [certificateArn, ...names.map(name => arn(account, 'iot', `thinggroup/${name}`))]
  }

  function currentContext(): PolicyContext {
    const thing = things.find(thingName() ?? '')
    return {
      ...device,
      subject: certificates.find(device.certificateId)?.subject ?? {},
      ...(thing !== undefined && {
        thing: { ...thing, isAttached: principals.isAttached(thing.thingName, certificateArn) },
      }),
    }
  }

  function refresh(): void {
    // Each of them only grows, so their sum changes with any of them.
    const revision = policies.revision + groups.revision + principals.revision + things.revision
    if (revision === knownRevision && answers.size < rememberedAnswers) return
    knownRevision = revision
    statements = policies.statementsFor(policyTargets())
    context = currentContext()
    answers.clear()
  }

  return {
    allows(action, resource) {
      refresh()
      const key = `${action} ${resource}`
      const remembered = answers.get(key)
      if (remembered !== undefined) return remembered
      const answer = isAllowed(statements, { action, resource: resourcePrefix + resource }, context)
      answers.set(key, answer)
      return answer
    },
    thingName,
    exclusiveThingName,
  }
}
