import { randomBytes } from 'node:crypto'
import {
  CreateJobCommand,
  DescribeJobExecutionCommand,
  DescribeJobTemplateCommand,
  type IoTClient,
  type JobExecutionStatus,
} from '@aws-sdk/client-iot'
import { jobTemplateId } from '@rotator/protocol/names'

/** Creates a rotation job for a thing group or a thing, as an operator does in the console. */
export async function createRotationJob(
  iot: IoTClient,
  targetArn: string,
  templateId: string = jobTemplateId,
): Promise<string> {
  const { jobTemplateArn } = await iot.send(new DescribeJobTemplateCommand({ jobTemplateId: templateId }))
  const jobId = `${jobTemplateId}-${randomBytes(4).toString('hex')}`
  await iot.send(new CreateJobCommand({ jobId, targets: [targetArn], jobTemplateArn }))
  return jobId
}

export interface ExecutionReport {
  status: JobExecutionStatus | 'none'
  statusDetails: Record<string, string>
  /** From IN_PROGRESS to the last change, in milliseconds, as Jobs recorded them. */
  runningMs: number
}

export async function describeExecution(
  iot: IoTClient,
  jobId: string,
  thingName: string,
): Promise<ExecutionReport> {
  const { execution } = await iot.send(new DescribeJobExecutionCommand({ jobId, thingName }))
  const started = execution?.startedAt?.getTime() ?? 0
  const updated = execution?.lastUpdatedAt?.getTime() ?? 0
  return {
    status: execution?.status ?? 'none',
    statusDetails: execution?.statusDetails?.detailsMap ?? {},
    runningMs: updated - started,
  }
}
