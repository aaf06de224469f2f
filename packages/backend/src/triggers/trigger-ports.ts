import { setTimeout as sleep } from 'node:timers/promises'
import type { IoTClient } from '@aws-sdk/client-iot'
import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { certificateArns } from '../aws/certificate-arns.ts'
import { type Certificates, iotCertificates } from '../aws/certificates.ts'
import type { Environment } from '../aws/environment.ts'
import { iotJobs, type Jobs } from '../aws/jobs.ts'
import { iotOrderedJobs, type OrderedJobs } from '../aws/ordered-jobs.ts'
import { type RecordStore, shadowRecordStore } from '../aws/record-store.ts'
import { iotRotationJobs, type RotationJobs } from '../aws/rotation-jobs.ts'
import { iotThingGroups, type ThingGroups } from '../aws/thing-groups.ts'
import type { Report } from '../report.ts'
import type { TriggerEnvironmentName } from './trigger-environment.ts'

/** What every function that orders rotations by itself is given. */
export interface TriggerPorts {
  thingGroups: ThingGroups
  jobs: Pick<Jobs, 'isRotation'>
  rotationJobs: RotationJobs
  orderedJobs: OrderedJobs
  /** Only its members are rotated. */
  thingGroup: string
  /** Milliseconds since 1970. */
  now: () => number
  pause: (ms: number) => Promise<void>
  report: Report
}

/** What those are given besides that start from certificates. */
export interface CertificateTriggerPorts extends TriggerPorts {
  certificates: Certificates
  records: Pick<RecordStore, 'read'>
}

/** The ports on AWS. */
export const triggerPorts = (
  environment: Environment<TriggerEnvironmentName>,
  iot: IoTClient,
): Omit<TriggerPorts, 'report'> => ({
  thingGroups: iotThingGroups(iot),
  jobs: iotJobs(iot),
  rotationJobs: iotRotationJobs(iot, {
    template: environment.text('JOB_TEMPLATE_ARN'),
    thingPrefix: environment.text('THING_ARN_PREFIX'),
  }),
  orderedJobs: iotOrderedJobs(iot),
  thingGroup: environment.text('ROTATED_THING_GROUP'),
  now: Date.now,
  pause: ms => sleep(ms),
})

export const certificateTriggerPorts = (
  environment: Environment<TriggerEnvironmentName>,
  { iot, data }: { iot: IoTClient; data: IoTDataPlaneClient },
): Omit<CertificateTriggerPorts, 'report'> => ({
  ...triggerPorts(environment, iot),
  certificates: iotCertificates(iot, certificateArns(environment.text('CERTIFICATE_ARN_PREFIX'))),
  records: shadowRecordStore(data),
})
