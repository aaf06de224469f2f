import { type Account, arn } from '../account.ts'
import type { RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import type { RegistryService } from '../registry/registry-service.ts'
import type { Schedules } from '../schedules/schedules.ts'
import { auditOperations } from './audit-operations.ts'
import { Audits } from './audits.ts'
import { Detect } from './detect.ts'
import { scheduledAuditOperations } from './scheduled-audits.ts'

export interface DeviceDefenderDependencies {
  account: Account
  clock: Clock
  newId: () => string
  registry: Pick<RegistryService, 'certificates'>
  schedules: Schedules
  /** May throw: there may be no such topic. */
  publish: (topicArn: string, message: string) => void
  /** Told where nobody was told. */
  failed: (source: string, reason: string) => void
}

/** AWS IoT Device Defender: audits of what is registered, and alarms about what things do. */
export interface DeviceDefender {
  audits: Audits
  detect: Detect
  operations: RestOperation[]
}

export function deviceDefender(deps: DeviceDefenderDependencies): DeviceDefender {
  const publish = (topicArn: string, message: string) => {
    try {
      deps.publish(topicArn, message)
    } catch (error) {
      deps.failed('Device Defender', error instanceof Error ? error.message : String(error))
    }
  }
  const audits = new Audits({ ...deps, publish, certificates: () => deps.registry.certificates.all() })
  const profileArn = (name: string) => arn(deps.account, 'iot', `securityprofile/${name}`)
  const detect = new Detect({ ...deps, publish, profileArn })
  const operations = [
    ...auditOperations(audits),
    ...scheduledAuditOperations({ ...deps, audits }),
    ...detect.operations,
  ]
  return { audits, detect, operations }
}
