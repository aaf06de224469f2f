import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { environmentOf } from '@rotator/backend/aws/environment'
import { sweepPorts } from '@rotator/backend/sweep/ports'
import { sweep } from '@rotator/backend/sweep/sweep'
import { invocationMs } from '@rotator/backend/sweep/walk'
import { awsPorts } from '@rotator/backend/wiring'
import { functionNames } from '../../whole/function-calls.ts'
import type { World } from '../../whole/world.ts'
import type { Deed, Ending } from '../deed.ts'
import { inThisProcess } from '../in-this-process.ts'
import { invoke, type LogOfEnd, listen } from '../invocation.ts'
import { created, deleteJob, newSubject, report } from '../subject.ts'

const actor = functionNames.sweep
/** More than an end is left to its own event. */
const laterMs = 120_000
const dayMs = 86_400_000
const log: LogOfEnd = {
  tells: word => /^sweep-(finished|incomplete|cut-short)$/u.test(word),
  // A sweep that could not look at everything finishes all the same.
  isLast: word => /^sweep-(finished|cut-short)$/u.test(word),
}

const sweepFrom = (world: World, at: 'jobs' | 'things') => async (): Promise<Ending> => {
  const event = { startedAtMs: Date.now() + laterMs, cursor: { at }, failures: 0 }
  return invoke(world, functionNames.sweep, event, log)
}

export const sweepDeeds: Deed[] = [
  {
    actor,
    name: 'an end whose event was lost is settled',
    prepare: async world => {
      const { subject, execution } = await created(world)
      await report(world, subject.thingName, execution.jobId, 'FAILED')
      const sweeping = sweepFrom(world, 'jobs')
      return async () => {
        const ending = await sweeping()
        await deleteJob(world, execution.jobId)
        return ending
      }
    },
  },
  {
    actor,
    name: 'a job that was deleted is missed, and operators hear of it',
    prepare: async world => {
      const { execution } = await created(world)
      await deleteJob(world, execution.jobId)
      return sweepFrom(world, 'things')
    },
  },
  {
    actor,
    name: 'a sweep that is not through goes on in another invocation',
    prepare: async world => {
      await newSubject(world)
      return async () => continueSweep(world)
    },
  },
]

/** In this process, where the clock can be put forward past the time that one invocation takes. */
async function continueSweep(world: World): Promise<Ending> {
  const { settings, variables } = inThisProcess(world, functionNames.sweep)
  const environment = environmentOf(variables)
  const iot = new IoTClient(settings)
  const clients = {
    iot,
    data: new IoTDataPlaneClient(settings),
    jobs: new IoTJobsDataPlaneClient(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
    lambda: new LambdaClient(settings),
  }
  // So long ago that the continuation, by the clock of its process, is cut short at once.
  const startedAtMs = Date.now() - dayMs
  let nowMs = startedAtMs
  const handle = sweep({
    ...awsPorts(environment, clients),
    ...sweepPorts(environment, clients),
    pause: async () => undefined,
    // Each look at the clock finds it later.
    now: () => (nowMs += invocationMs),
    report: () => undefined,
  })
  const continuation = listen(world, actor)
  try {
    await handle({ startedAtMs, cursor: { at: 'jobs' }, failures: 0 })
    // What is still at work, and still speaks, would be taken for the next deed.
    await continuation.until(log.isLast)
    return 'goes on'
  } catch (error) {
    return `failed: ${error instanceof Error ? error.name : String(error)}`
  } finally {
    continuation.stop()
    for (const client of Object.values(clients)) client.destroy()
  }
}
