import { type Account, arn } from '../account.ts'
import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import type { RestOperation } from '../api/operation.ts'
import { certificateOperations } from '../certificates/certificate-operations.ts'
import { Certificates } from '../certificates/certificates.ts'
import type { Issuer } from '../certificates/issue.ts'
import type { Clock } from '../clock.ts'
import { Policies } from '../policies/policies.ts'
import { policyOperations } from '../policies/policy-operations.ts'
import { policyVersionOperations } from '../policies/policy-version-operations.ts'
import { type Endpoints, endpointOperations } from './endpoint-operations.ts'
import { consistent, type EventualConsistency } from './eventual-consistency.ts'
import { principalOperations } from './principal-operations.ts'
import type { Registry, RegistryChange } from './registry.ts'
import { thingGroupOperations } from './thing-group-operations.ts'
import { ThingGroups } from './thing-groups.ts'
import { thingOperations } from './thing-operations.ts'
import { ThingPrincipals } from './thing-principals.ts'
import { ThingTypes } from './thing-types.ts'
import { Things } from './things.ts'

export interface RegistryDependencies {
  account: Account
  clock: Clock
  newId: () => string
  /** Signs the certificates that AWS IoT would sign. */
  issuer: Issuer
  endpoints: () => Endpoints
}

/** Things, groups, certificates and policies: their state, and the API operations on it. */
export interface RegistryService extends Registry {
  operations: RestOperation[]
  /** May be changed at any time. */
  consistency: EventualConsistency
  things: Things
  groups: ThingGroups
  principals: ThingPrincipals
  certificates: Certificates
  policies: Policies
}

export function registryService(deps: RegistryDependencies): RegistryService {
  const { account, newId } = deps
  const consistency = consistent()
  const state = {
    consistency,
    things: new Things(newId),
    groups: new ThingGroups(newId),
    principals: new ThingPrincipals(consistency),
    certificates: new Certificates(account, newId),
    policies: new Policies(account, consistency, newId),
  }
  const { things, groups } = state
  const listeners: ((change: RegistryChange) => void)[] = []
  const tell = (change: RegistryChange) => {
    for (const listener of listeners) listener(change)
  }
  return {
    ...state,
    operations: [
      ...thingOperationsOf(deps, state, tell),
      ...securityOperations(deps, state),
      ...endpointOperations(deps.endpoints),
    ],
    thingExists: thingName => things.has(thingName),
    thingArn: thingName => thingArn(account, thingName),
    thingsOfGroup(groupArnOrName) {
      const groupName = groupNameOf(groupArnOrName)
      if (groups.find(groupName) === undefined) return undefined
      return [...new Set(groups.treeOf(groupName).flatMap(({ members }) => [...members]))]
    },
    groupsOfThing(thingName) {
      const names = groups
        .groupsOf(thingName)
        .flatMap(({ groupName }) => [
          groupName,
          ...groups.ancestorsOf(groupName).map(ancestor => ancestor.groupName),
        ])
      return [...new Set(names)]
    },
    onChange: listener => void listeners.push(listener),
  }
}

type State = Omit<RegistryService, keyof Registry | 'operations'>

function thingOperationsOf(
  { account, clock, newId }: RegistryDependencies,
  state: State,
  tell: (change: RegistryChange) => void,
): RestOperation[] {
  const { things, groups, principals } = state
  return [
    ...thingOperations({
      clock,
      things,
      types: new ThingTypes(newId),
      thingArn: thingName => thingArn(account, thingName),
      typeArn: name => arn(account, 'iot', `thingtype/${name}`),
      deleteThing: (thingName, expectedVersion) => {
        if (deleteThing(state, thingName, expectedVersion)) tell({ kind: 'thing-deleted', thingName })
      },
    }),
    ...thingGroupOperations({
      clock,
      things,
      groups,
      groupArn: groupName => groupArn(account, groupName),
      onJoin: (thingName, groupName) => tell({ kind: 'group-joined', thingName, groupName }),
      onLeave: (thingName, groupName) => tell({ kind: 'group-left', thingName, groupName }),
    }),
    ...principalOperations({
      clock,
      things,
      principals,
      checkPrincipal: principal => void certificateOf(state, principal),
    }),
  ]
}

/** Returns whether there was such a thing. One that does not exist is deleted already. */
function deleteThing(
  { things, groups, principals }: State,
  thingName: string,
  expectedVersion: number | undefined,
): boolean {
  if (principals.principalsOf(thingName).length > 0)
    throw invalidRequest(`Cannot delete. Thing ${thingName} is still attached to one or more principals`)
  if (!things.delete(thingName, expectedVersion)) return false
  for (const { groupName } of groups.groupsOf(thingName)) groups.leave(groupName, thingName)
  return true
}

function securityOperations({ account, clock, issuer }: RegistryDependencies, state: State): RestOperation[] {
  const { certificates, policies, principals, groups } = state
  return [
    ...certificateOperations({
      account,
      clock,
      certificates,
      issuer,
      attachments: {
        thingsBlockDeletion: target => principals.blocksDeletion(target, clock.now()),
        policiesBlockDeletion: target => policies.blocksDeletion(target, clock.now()),
        detachAllPolicies: target => policies.detachAll(target),
      },
    }),
    ...policyOperations({
      clock,
      policies,
      checkTarget: target => checkTarget(state, target),
      ancestorsOf: target =>
        isGroupArn(target)
          ? groups.ancestorsOf(groupNameOf(target)).map(({ groupName }) => groupArn(account, groupName))
          : [],
    }),
    ...policyVersionOperations(policies, clock),
  ]
}

function thingArn(account: Account, thingName: string): string {
  return arn(account, 'iot', `thing/${thingName}`)
}

export function groupArn(account: Account, groupName: string): string {
  return arn(account, 'iot', `thinggroup/${groupName}`)
}

function isGroupArn(target: string): boolean {
  return /^arn:[^:]*:iot:[^:]*:\d*:thinggroup\//.test(target)
}

function groupNameOf(groupArnOrName: string): string {
  return groupArnOrName.slice(groupArnOrName.lastIndexOf('/') + 1)
}

/** Policies attach to certificates, thing groups and Cognito identities; the last are not known here and never checked. */
function checkTarget(state: State, target: string): void {
  if (isGroupArn(target)) state.groups.get(groupNameOf(target))
  else if (!/^[a-z0-9-]+:[0-9a-f-]{36}$/.test(target)) certificateOf(state, target)
}

function certificateOf({ certificates }: State, principal: string): string {
  const certificateId = principal.slice(principal.lastIndexOf('/') + 1)
  if (certificates.find(certificateId) === undefined || certificates.arnOf(certificateId) !== principal)
    throw resourceNotFound(`The principal ${principal} does not exist`)
  return certificateId
}
