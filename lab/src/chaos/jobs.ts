import { randomBytes } from 'node:crypto'
import {
  CancelJobCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobCommand,
  DescribeJobTemplateCommand,
} from '@aws-sdk/client-iot'
import { jobTemplateId } from '@rotator/protocol/names'
import type { World } from '../whole/world.ts'

/** One thing's share of a job, as the events of AWS IoT Jobs tell. */
export interface ChaosExecution {
  jobId: string
  thingName: string
  /** Undefined until it has ended; then such as `succeeded`, `canceled`, `deleted`. */
  end?: string
  /** How many executions, of all things, had ended before. */
  endOrder?: number
  /** The device had said something of it before. */
  wasStarted: boolean
}

/** The operator who creates jobs over and over, and what has become of them. */
export interface ChaosJobs {
  create: (thingNames: readonly string[]) => Promise<string>
  cancel: (jobId: string) => Promise<void>
  delete: (jobId: string) => Promise<void>
  /** Ends what is in progress as its timer would. @returns whether something was */
  timeOut: (jobId: string) => boolean
  /** Those of a thing, or of all, that have not ended. */
  open: (thingName?: string) => ChaosExecution[]
  readonly executions: readonly ChaosExecution[]
  stop: () => void
}

/** What the template would repeat, or stop for all, by itself. */
const endsAsChaosDecides = {
  jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 0 }] },
  abortConfig: {
    criteriaList: [
      { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 100, minNumberOfExecutedThings: 1_000 },
    ],
  },
} satisfies Partial<CreateJobCommandInput>

interface EndEvent {
  jobId: string
  thingArn: string
  statusDetails?: Record<string, string>
}

const parseEndEvent = (payload: Buffer): EndEvent => JSON.parse(payload.toString()) as EndEvent

export async function chaosJobs(world: World): Promise<ChaosJobs> {
  const { iot } = world.clients
  const { registry, jobs, broker } = world.cloud.services
  const { jobTemplateArn } = await iot.send(new DescribeJobTemplateCommand({ jobTemplateId }))
  const executions: ChaosExecution[] = []
  let ended = 0
  const stop = broker.listen(({ topic, payload }) => {
    const end = /^\$aws\/events\/jobExecution\/[^/]+\/(.+)$/u.exec(topic)?.[1]
    if (end === undefined) return
    const { jobId, thingArn, statusDetails = {} } = parseEndEvent(payload)
    const execution = executions.find(one => one.jobId === jobId && thingArn.endsWith(`/${one.thingName}`))
    if (execution === undefined || execution.end !== undefined) return
    execution.end = end
    execution.endOrder = ended++
    execution.wasStarted = 'CertificateRotator' in statusDetails
  })
  const open = (thingName?: string) =>
    executions.filter(
      one => one.end === undefined && (thingName === undefined || one.thingName === thingName),
    )
  return {
    executions,
    open,
    stop,
    create: async thingNames => {
      const jobId = `chaos-${randomBytes(6).toString('hex')}`
      for (const thingName of thingNames) executions.push({ jobId, thingName, wasStarted: false })
      const targets = thingNames.map(thingName => registry.thingArn(thingName))
      await iot.send(new CreateJobCommand({ jobId, targets, jobTemplateArn, ...endsAsChaosDecides }))
      return jobId
    },
    cancel: async jobId => void (await iot.send(new CancelJobCommand({ jobId, force: true }))),
    delete: async jobId => void (await iot.send(new DeleteJobCommand({ jobId, force: true }))),
    timeOut: jobId => {
      const shares = open().filter(one => one.jobId === jobId)
      return shares.map(({ thingName }) => jobs.timeOut(thingName, jobId)).includes(true)
    },
  }
}
