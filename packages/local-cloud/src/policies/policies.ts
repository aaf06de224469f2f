import { type Account, arn } from '../account.ts'
import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { DatedMap } from '../registry/dated-map.ts'
import type { EventualConsistency } from '../registry/eventual-consistency.ts'
import { readPolicyDocument, type Statement } from './policy-document.ts'

export interface PolicyVersion {
  versionId: string
  document: string
  statements: readonly Statement[]
  /** Milliseconds since the epoch. */
  createdAt: number
}

export interface Policy {
  policyName: string
  policyArn: string
  defaultVersionId: string
  /** By id, oldest first. */
  versions: Map<string, PolicyVersion>
  generationId: string
  nextVersion: number
}

const namePattern = /^[\w+=,.@-]{1,128}$/
const versionLimit = 5
const policiesPerTarget = 10

/** Named policies, their versions, and the targets (certificates, thing groups) that they are attached to. */
export class Policies {
  readonly #account: Account
  readonly #consistency: EventualConsistency
  readonly #newId: () => string
  readonly #policies = new Map<string, Policy>()
  /** By target, then by policy name. */
  readonly #attached = new Map<string, DatedMap<true>>()
  #revision = 0

  constructor(account: Account, consistency: EventualConsistency, newId: () => string) {
    this.#account = account
    this.#consistency = consistency
    this.#newId = newId
  }

  /** Grows with each change that may change what is allowed. */
  get revision(): number {
    return this.#revision
  }

  get(policyName: string): Policy {
    const policy = this.#policies.get(policyName)
    if (policy === undefined) throw resourceNotFound(`Policy not found: ${policyName}`)
    return policy
  }

  all(): Policy[] {
    return [...this.#policies.values()]
  }

  create(policyName: string, document: string, now: number): Policy {
    if (!namePattern.test(policyName)) throw invalidRequest(`The policy name ${policyName} is not allowed`)
    const statements = readPolicyDocument(document)
    if (this.#policies.has(policyName))
      throw new AwsError(
        'ResourceAlreadyExistsException',
        409,
        `Policy cannot be created - name already exists (name=${policyName})`,
      )
    const policy: Policy = {
      policyName,
      policyArn: arn(this.#account, 'iot', `policy/${policyName}`),
      defaultVersionId: '1',
      versions: new Map([['1', { versionId: '1', document, statements, createdAt: now }]]),
      generationId: this.#newId(),
      nextVersion: 2,
    }
    this.#policies.set(policyName, policy)
    return policy
  }

  createVersion(policyName: string, document: string, setAsDefault: boolean, now: number): PolicyVersion {
    const policy = this.get(policyName)
    const statements = readPolicyDocument(document)
    if (policy.versions.size >= versionLimit)
      throw new AwsError(
        'VersionsLimitExceededException',
        409,
        `The policy ${policyName} already has the maximum number of versions (${versionLimit})`,
      )
    const version = { versionId: String(policy.nextVersion), document, statements, createdAt: now }
    policy.nextVersion += 1
    policy.versions.set(version.versionId, version)
    if (setAsDefault) this.setDefaultVersion(policyName, version.versionId)
    return version
  }

  getVersion(policyName: string, versionId: string): PolicyVersion {
    const version = this.get(policyName).versions.get(versionId)
    if (version === undefined) throw resourceNotFound(`Policy version not found: ${policyName} ${versionId}`)
    return version
  }

  setDefaultVersion(policyName: string, versionId: string): void {
    this.getVersion(policyName, versionId)
    this.get(policyName).defaultVersionId = versionId
    this.#revision += 1
  }

  deleteVersion(policyName: string, versionId: string): void {
    this.getVersion(policyName, versionId)
    const policy = this.get(policyName)
    if (policy.defaultVersionId === versionId)
      throw deleteConflict(`Cannot delete the default version of a policy (policy name:${policyName})`)
    policy.versions.delete(versionId)
  }

  delete(policyName: string, now: number): void {
    const policy = this.get(policyName)
    if (this.#targetsThatBlock(policyName, now).length > 0)
      throw deleteConflict(
        `The policy cannot be deleted as the policy is attached to one or more principals (name=${policyName})`,
      )
    if (policy.versions.size > 1)
      throw deleteConflict(
        `Cannot delete the policy because it has one or more policy versions (name=${policyName})`,
      )
    this.#policies.delete(policyName)
    this.#revision += 1
  }

  /** Attaching again is no error. Whether the target exists is the caller's matter. */
  attach(policyName: string, target: string, now: number): void {
    this.get(policyName)
    const attached = this.#attached.get(target) ?? new DatedMap<true>()
    if (attached.has(policyName)) return
    if (attached.size >= policiesPerTarget)
      throw new AwsError(
        'LimitExceededException',
        410,
        `The target ${target} already has the maximum number of policies (${policiesPerTarget})`,
      )
    attached.set(policyName, true, now)
    this.#attached.set(target, attached)
    this.#revision += 1
  }

  /** Detaching what is not attached is no error. */
  detach(policyName: string, target: string, now: number): void {
    this.get(policyName)
    if (this.#attached.get(target)?.has(policyName) !== true) return
    this.#attached.get(target)?.set(policyName, undefined, now)
    this.#revision += 1
  }

  /** As the lists of the API show it, late if they are set to be. */
  listAttached(target: string, now: number): Policy[] {
    const names = this.#attached.get(target)?.asOf(now - this.#consistency.listDelayMs) ?? []
    return names.flatMap(([name]) => this.#policies.get(name) ?? [])
  }

  targetsOf(policyName: string): string[] {
    this.get(policyName)
    return [...this.#attached].filter(([, names]) => names.has(policyName)).map(([target]) => target)
  }

  /** Whether a deletion of the target still finds a policy attached to it. */
  blocksDeletion(target: string, now: number): boolean {
    return this.#attached.get(target)?.heldAnythingSince(now - this.#consistency.detachDelayMs) === true
  }

  detachAll(target: string): void {
    if (this.#attached.delete(target)) this.#revision += 1
  }

  /** What the default versions of all policies attached to these targets say. */
  statementsFor(targets: readonly string[]): Statement[] {
    return targets
      .flatMap(target => this.#attached.get(target)?.keys() ?? [])
      .flatMap(name => {
        const policy = this.get(name)
        return policy.versions.get(policy.defaultVersionId)?.statements ?? []
      })
  }

  #targetsThatBlock(policyName: string, now: number): string[] {
    const since = now - this.#consistency.detachDelayMs
    return [...this.#attached]
      .filter(([, names]) => names.heldSince(policyName, since))
      .map(([target]) => target)
  }
}

function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflictException', 409, message)
}
