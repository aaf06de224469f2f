import { jobTemplateId } from '@rotator/protocol/names'
import type { Device } from '../fleet/device.ts'
import { run, until } from '../whole/rotation.ts'
import type { World } from '../whole/world.ts'
import { type AwsCommand, awsCommand } from './aws-command.ts'

/** A rotation that an operator ordered and watched with nothing but the AWS CLI. */
export interface RotationByCli {
  aws: AwsCommand
  device: Device
  jobId: string
  created: unknown
  /** Each status once, in the order in which it was seen. */
  statuses: string[]
  /** What describe-job-execution said last. */
  execution: unknown
}

interface Described {
  execution: { status: string }
}

const over = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'REMOVED', 'CANCELED']

/** Starts a device, creates a job for it from the template, and asks until the execution is over. */
export async function rotateByCli(
  world: World,
  onCleanup: (stop: () => Promise<void>) => void,
): Promise<RotationByCli> {
  const aws = awsCommand(world)
  const device = await world.newDevice()
  const running = run(device)
  onCleanup(async () => running.stop())
  const jobId = 'rotate-by-cli'
  const { jobTemplateArn } = (await aws('iot', 'describe-job-template', {
    '--job-template-id': jobTemplateId,
  })) as { jobTemplateArn: string }
  const { thingArn } = (await aws('iot', 'describe-thing', { '--thing-name': device.thingName })) as {
    thingArn: string
  }
  const order = { '--job-id': jobId, '--targets': thingArn, '--job-template-arn': jobTemplateArn } as const
  const created = await aws('iot', 'create-job', order)
  const statuses: string[] = []
  const ofExecution = { '--job-id': jobId, '--thing-name': device.thingName } as const
  const { execution } = await until(
    'the end of the execution',
    async () => {
      const described = (await aws('iot', 'describe-job-execution', ofExecution)) as Described
      if (statuses.at(-1) !== described.execution.status) statuses.push(described.execution.status)
      return described
    },
    described => over.includes(described.execution.status),
    90_000,
  )
  return { aws, device, jobId, created, statuses, execution }
}
