import { AwsError, resourceNotFound } from '../api/aws-error.ts'
import { optionalObject, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'

type Members = Readonly<Record<string, unknown>>

interface SecurityProfile {
  name: string
  behaviors: readonly Members[]
  /** The topic that its violations are told on. */
  topicArn: string | undefined
  /** ARNs of thing groups, or of all things. */
  targets: Set<string>
}

export interface DetectDependencies {
  clock: Clock
  newId: () => string
  publish: (topicArn: string, message: string) => void
  profileArn: (name: string) => string
}

/** A violation that goes on. */
export interface Violation {
  violationId: string
  /** It is over: the thing behaves again. */
  clear: () => void
}

/**
 * Security profiles of AWS IoT Device Defender Detect. Nothing is measured here: a test says what a thing did, and the
 * profile tells its topic of it as AWS does.
 */
export class Detect {
  readonly #deps: DetectDependencies
  readonly #profiles = new Map<string, SecurityProfile>()

  constructor(deps: DetectDependencies) {
    this.#deps = deps
  }

  /** ARNs of what a profile is attached to. */
  targetsOf(profile: string): string[] {
    return [...(this.#profiles.get(profile)?.targets ?? [])]
  }

  /** A thing violates a behaviour of a profile. @throws AwsError where there is no such profile or behaviour */
  violate(wanted: { profile: string; behavior: string; thingName: string; count: number }): Violation {
    const profile = this.#profiles.get(wanted.profile)
    const behavior = profile?.behaviors.find(({ name }) => name === wanted.behavior)
    if (profile === undefined || behavior === undefined)
      throw resourceNotFound(`The security profile ${wanted.profile} has no behavior ${wanted.behavior}.`)
    const violationId = this.#deps.newId().replaceAll('-', '')
    const tell = (violationEventType: 'in-alarm' | 'alarm-cleared') => {
      if (profile.topicArn === undefined) return
      const event = {
        violationEventTime: this.#deps.clock.now(),
        thingName: wanted.thingName,
        behavior,
        violationEventType,
        metricValue: { count: wanted.count },
        violationId,
        securityProfileName: profile.name,
      }
      this.#deps.publish(profile.topicArn, JSON.stringify(event))
    }
    tell('in-alarm')
    return { violationId, clear: () => tell('alarm-cleared') }
  }

  readonly operations: RestOperation[] = [
    iotOperation(
      'CreateSecurityProfile',
      'POST',
      '/security-profiles/{securityProfileName}',
      ({ params, body }) => {
        const name = requiredString(params, 'securityProfileName')
        const securityProfileArn = this.#deps.profileArn(name)
        if (this.#profiles.has(name))
          throw new AwsError('ResourceAlreadyExistsException', 409, `The profile ${name} already exists.`, {
            resourceId: name,
            resourceArn: securityProfileArn,
          })
        const target = optionalObject(optionalObject(body, 'alertTargets') ?? {}, 'SNS')
        this.#profiles.set(name, {
          name,
          behaviors: Array.isArray(body['behaviors']) ? body['behaviors'] : [],
          topicArn: target && requiredString(target, 'alertTargetArn'),
          targets: new Set(),
        })
        return { securityProfileName: name, securityProfileArn }
      },
    ),
    iotOperation(
      'AttachSecurityProfile',
      'PUT',
      '/security-profiles/{securityProfileName}/targets',
      ({ params, query }) => {
        const profile = this.#profiles.get(requiredString(params, 'securityProfileName'))
        if (profile === undefined) throw resourceNotFound('The security profile does not exist.')
        profile.targets.add(requiredString(Object.fromEntries(query), 'securityProfileTargetArn'))
        return {}
      },
    ),
  ]
}
