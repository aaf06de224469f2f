import { CreateJobCommand, IoTClient, ResourceAlreadyExistsException } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { lambdaContinuations } from '@rotator/backend/aws/continuations'
import { environmentOf } from '@rotator/backend/aws/environment'
import { rotateAged } from '@rotator/backend/rotate-aged/rotate-aged'
import { rotateAudited } from '@rotator/backend/rotate-audited/rotate-audited'
import { invocationMs } from '@rotator/backend/triggers/times'
import type { TriggerEnvironmentName } from '@rotator/backend/triggers/trigger-environment'
import { certificateTriggerPorts } from '@rotator/backend/triggers/trigger-ports'
import { jobTemplateId, stackName } from '@rotator/protocol/names'
import type { World } from '../../whole/world.ts'
import type { Deed, Ending } from '../deed.ts'
import { inThisProcess } from '../in-this-process.ts'
import { invoke } from '../invocation.ts'
import { newSubject, otherJob, type Subject } from '../subject.ts'

const nameOf = (word: string): string => `${stackName}${word}`
const [aged, audited, anomalous] = [nameOf('RotateAged'), nameOf('RotateAudited'), nameOf('RotateAnomalous')]
const dayMs = 86_400_000

const earlierJobId = `${jobTemplateId}-age-${'0'.repeat(30)}`

/** A job that a trigger ordered before, so that it is looked up what has become of it. */
async function ensureEarlierJob({ clients: { iot } }: World, { thingArn }: Subject): Promise<void> {
  try {
    await iot.send(new CreateJobCommand({ jobId: earlierJobId, targets: [thingArn], document: '{}' }))
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error
  }
}

/** A thing with a job of somebody else's, so that it is looked up what that asks for. */
async function busySubject(world: World): Promise<Subject> {
  const subject = await newSubject(world)
  await otherJob(world, subject)
  await ensureEarlierJob(world, subject)
  return subject
}

const notification = (message: object): object => ({
  Records: [{ Sns: { Message: JSON.stringify(message) } }],
})

function findIn(world: World, { old }: Subject): string {
  const taskId = `task-of-${old.certificateId.slice(0, 20)}`
  const nowMs = Date.now()
  world.cloud.services.deviceDefender.audits.findings.push({
    severity: 'LOW',
    reason: 'old',
    reasonCode: 'CERTIFICATE_PAST_AGE_THRESHOLD',
    additionalInfo: {},
    findingId: taskId,
    taskId,
    checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
    taskStartedAtMs: nowMs,
    foundAtMs: nowMs,
    certificateId: old.certificateId,
    isSuppressed: false,
  })
  return taskId
}

let runs = 0

/** By the function that does them. */
export const triggerDeeds: Deed[][] = [
  [
    {
      actor: aged,
      name: 'what is old is ordered to be rotated',
      prepare: async world => {
        const subject = await busySubject(world)
        const certificate = world.cloud.services.registry.certificates.get(subject.old.certificateId)
        const madeAtMs = certificate.createdAt
        certificate.createdAt = Date.now() - 1000 * dayMs
        runs += 1
        const scheduledTime = new Date(Date.now() + runs * 1000).toISOString()
        return async () => {
          const ending = await invoke(world, aged, { scheduledTime })
          certificate.createdAt = madeAtMs
          return ending
        }
      },
    },
    {
      actor: aged,
      name: 'a run that is not through goes on in another invocation',
      prepare: async world => async () => continueAged(world),
    },
  ],
  [
    {
      actor: audited,
      name: 'what an audit found is ordered to be rotated',
      prepare: async world => {
        const taskId = findIn(world, await busySubject(world))
        const auditDetails = [
          { checkName: 'DEVICE_CERTIFICATE_AGE_CHECK', checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
        ]
        return async () => invoke(world, audited, notification({ taskId, auditDetails }))
      },
    },
    {
      actor: audited,
      name: 'an audit that is not seen to in time goes on in another invocation',
      prepare: async world => async () => continueAudited(world),
    },
  ],
  [
    {
      actor: anomalous,
      name: 'a thing that behaves as it should not is ordered to be rotated',
      prepare: async world => {
        const { thingName } = await busySubject(world)
        const violation = { violationId: thingName, securityProfileName: 'p', violationEventType: 'in-alarm' }
        return async () => invoke(world, anomalous, notification({ ...violation, thingName }))
      },
    },
  ],
]

/** What a handler is given here: AWS with the keys of its role, and a clock that is put forward at each look. */
function portsOf(world: World, functionName: string) {
  const { variables, settings } = inThisProcess(world, functionName)
  const environment = environmentOf<TriggerEnvironmentName>(variables)
  const iot = new IoTClient(settings)
  const data = new IoTDataPlaneClient(settings)
  const lambda = new LambdaClient(settings)
  let nowMs = Date.now()
  return {
    ports: {
      ...certificateTriggerPorts(environment, { iot, data }),
      continuations: lambdaContinuations(lambda, environment.text('OWN_FUNCTION_NAME')),
      now: () => (nowMs += invocationMs),
      pause: async () => undefined,
      report: () => undefined,
    },
    destroy: () => {
      iot.destroy()
      data.destroy()
      lambda.destroy()
    },
  }
}

async function endingOf(work: Promise<void>, destroy: () => void): Promise<Ending> {
  try {
    await work
    return 'goes on'
  } catch (error) {
    return `failed: ${error instanceof Error ? error.name : String(error)}`
  } finally {
    destroy()
  }
}

async function continueAged(world: World): Promise<Ending> {
  const { ports, destroy } = portsOf(world, aged)
  const certificates = {
    ...ports.certificates,
    listOldest: async () => ({ items: [], next: 'another page' }),
  }
  const handle = rotateAged({ ...ports, certificates, afterDays: 365 })
  return endingOf(handle({ scheduledTime: new Date(0).toISOString() }), destroy)
}

async function continueAudited(world: World): Promise<Ending> {
  const { ports, destroy } = portsOf(world, audited)
  const certificates = { ...ports.certificates, thingsOf: async () => [] }
  const found = Array.from({ length: 101 }, (_, index) => index.toString(16).padStart(64, '0'))
  const findings = { listCertificates: async () => ({ items: found as never[], next: undefined }) }
  const handle = rotateAudited({ ...ports, certificates, findings })
  return endingOf(handle({ taskId: 't', checks: ['DEVICE_CERTIFICATE_AGE_CHECK'], done: 0 }), destroy)
}
