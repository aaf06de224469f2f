import {
  DeleteJobCommand,
  DescribeJobCommand,
  ListJobsCommand,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot'
import type { Certificate } from '@rotator/local-cloud/certificates/certificates'
import type { Cloud } from '@rotator/local-cloud/cloud'
import { jobTemplateId, stackName } from '@rotator/protocol/names'
import { backendTemplate } from '../world/artifacts.ts'
import { accountId, region } from '../world/lab.ts'
import type { BareDevice } from './bare-device.ts'
import { commit, create, expectAtRest, succeed } from './bare-rotation.ts'
import type { CloudTrials } from './cloud-test.ts'
import type { World } from './world.ts'

export const dayMs = 86_400_000
export const thingGroup = 'core-devices'

/** Topics of the operator's, that Device Defender publishes on. */
export const topicNames = { audits: 'audits', anomalies: 'anomalies' } as const
export const topicArn = (name: keyof typeof topicNames): string =>
  `arn:aws:sns:${region}:${accountId}:${topicNames[name]}`

export function makeTopics({ services }: Cloud): void {
  for (const name of Object.values(topicNames)) services.sns.topics.put(name, {})
}

/** Synthesizes the backend with every trigger chosen. */
export async function triggersTemplate(): Promise<string> {
  return backendTemplate('triggers', {
    SweepEveryInMinutes: '15',
    SweepRoundInMinutes: '15',
    TriggerThingGroup: thingGroup,
    TriggerAfterDays: '365',
    TriggerSchedule: 'rate(15 minutes)',
    TriggerAuditTopicArn: topicArn('audits'),
    TriggerAnomalyTopicArn: topicArn('anomalies'),
  })
}

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

export interface LogLine {
  message?: string
  thingName?: string
  certificateId?: string
  jobId?: string
  problem?: string
}

/** What a trigger's function has logged since. */
export function watchLines(
  { world, after }: Pick<CloudTrials, 'world' | 'after'>,
  word: 'RotateAged' | 'RotateAudited' | 'RotateAnomalous',
): readonly LogLine[] {
  const lines: LogLine[] = []
  after(
    world.cloud.observe(event => {
      if (event.kind !== 'function-log' || event.functionName !== `${stackName}${word}`) return
      if (event.line.startsWith('{')) lines.push(JSON.parse(event.line) as LogLine)
    }),
  )
  return lines
}

/** What was left out of the orders for the thing, and why. */
export const reasonsOf = (lines: readonly LogLine[], thingName: string): (string | undefined)[] =>
  lines
    .filter(line => line.message === 'rotation-not-ordered' && line.thingName === thingName)
    .map(({ problem }) => problem)

/** The device's certificate as the registry has it: what a test changes in it counts at once. */
export const registeredOf = ({ cloud }: World, { identity }: BareDevice): Certificate =>
  cloud.services.registry.certificates.get(identity.certificateId)

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
  await device.use(await create(device, execution))
  await commit(device, execution)
  await succeed(device, execution)
  await expectAtRest(world, device)
}
