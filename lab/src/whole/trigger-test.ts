import {
  DeleteJobCommand,
  DescribeJobCommand,
  ListJobsCommand,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot'
import type { Certificate } from '@rotator/local-cloud/certificates/certificates'
import { jobTemplateId, stackName } from '@rotator/protocol/names'
import type { BareDevice } from './bare-device.ts'
import { create, expectAtRest, goOverTo } from './bare-rotation.ts'
import { type CloudTrials, cloudTest } from './cloud-test.ts'
import { makeTopics, thingGroup, triggersTemplate } from './triggers-template.ts'
import type { World, WorldOptions } from './world.ts'

export const dayMs = 86_400_000

/** Tests in a cloud whose backend has every trigger. */
export const triggerTest = (options?: WorldOptions) =>
  cloudTest({ template: triggersTemplate, prepare: makeTopics, ...options })

export interface OrderedJob {
  jobId: string
  things: string[]
  template: string | undefined
}

/** The jobs that a trigger has ordered, the first one first. */
export async function orderedJobs(
  { clients: { iot } }: World,
  trigger: 'age' | 'audit' | 'anomaly',
): Promise<OrderedJob[]> {
  const { jobs = [] } = await iot.send(new ListJobsCommand({ maxResults: 250 }))
  const ids = jobs
    .map(({ jobId = '' }) => jobId)
    .filter(jobId => jobId.startsWith(`${jobTemplateId}-${trigger}-`))
  const described = await Promise.all(ids.map(async jobId => iot.send(new DescribeJobCommand({ jobId }))))
  return described
    .map(({ job }) => job)
    .toSorted((a, b) => (a?.createdAt?.getTime() ?? 0) - (b?.createdAt?.getTime() ?? 0))
    .map(job => ({
      jobId: job?.jobId ?? '',
      things: (job?.targets ?? []).map(target => target.split(':thing/')[1] ?? target),
      template: job?.jobTemplateArn?.split(':jobtemplate/')[1],
    }))
}

interface LogLine {
  message?: string
  thingName?: string
  certificateId?: string
  jobId?: string
  problem?: string
}

/** What a trigger's function has logged since. */
export interface TriggerLog {
  of(message: string): LogLine[]
  /** Why the thing was left out of the orders, each time. */
  reasonsOf(thing: { thingName: string }): (string | undefined)[]
}

export function watchLog(
  { world, after }: Pick<CloudTrials, 'world' | 'after'>,
  word: 'RotateAged' | 'RotateAudited' | 'RotateAnomalous',
): TriggerLog {
  const lines: LogLine[] = []
  after(
    world.cloud.observe(event => {
      if (event.kind !== 'function-log' || event.functionName !== `${stackName}${word}`) return
      if (event.line.startsWith('{')) lines.push(JSON.parse(event.line) as LogLine)
    }),
  )
  const of = (message: string) => lines.filter(line => line.message === message)
  return {
    of,
    reasonsOf: ({ thingName }) =>
      of('rotation-not-ordered')
        .filter(line => line.thingName === thingName)
        .map(({ problem }) => problem),
  }
}

/** The device's certificate as the registry has it: what a test changes in it counts at once. */
export const registeredOf = ({ cloud }: World, { identity }: BareDevice): Certificate =>
  cloud.services.registry.certificates.get(identity.certificateId)

export function makeOld(world: World, device: BareDevice, days: number): void {
  registeredOf(world, device).createdAt = Date.now() - days * dayMs
}

export async function takeOutOfGroup({ clients: { iot } }: World, { thingName }: BareDevice): Promise<void> {
  await iot.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName: thingGroup }))
}

/** An operator has looked at the job, and lets triggers go on. */
export async function letGo({ clients: { iot } }: World, jobId: string): Promise<void> {
  await iot.send(new DeleteJobCommand({ jobId }))
}

/** The device does what the job asks of it, to the end. */
export async function rotateBy(world: World, device: BareDevice, jobId: string): Promise<void> {
  const execution = { jobId, executionNumber: 1 }
  await device.report(jobId, 'IN_PROGRESS', { phase: 'ask' })
  await goOverTo(device, execution, await create(device, execution))
  await expectAtRest(world, device)
}
