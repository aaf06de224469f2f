import { arn, defaultAccount } from '../account.ts'
import { createEventConfigurations } from '../event-configurations/event-configurations.ts'
import { type JobsService, jobsService } from '../jobs/jobs-service.ts'
import { BusDevice, drain, type JsonMessage } from './bus-device.ts'
import { callOperation, type GivenCall } from './call-operation.ts'
import { FakeRegistry } from './fake-registry.ts'
import { ManualClock } from './manual-clock.ts'
import { RecordingBus } from './recording-bus.ts'

/** The Jobs service with a clock, a bus and a registry that tests drive; things dev1, dev2 and dev3 exist. */
export interface JobsWorld {
  readonly clock: ManualClock
  readonly bus: RecordingBus
  readonly registry: FakeRegistry
  readonly service: JobsService
  device(thingName: string): BusDevice
  /** Calls an operation of the control plane (`iot`). */
  call(name: string, given?: GivenCall): unknown
  /** Calls an operation of the data plane (`iot-jobs-data`). */
  callData(name: string, given?: GivenCall): unknown
  createJob(jobId: string, body?: Record<string, unknown>): unknown
  enableEvents(): void
  configureEvents(enabled: Record<string, boolean>): void
  /** What was published since the last call. */
  drain(): JsonMessage[]
}

export const documentText = '{"operation":"ROTATE_CERTIFICATE"}'

export const thingArn = (thingName: string): string => arn(defaultAccount, 'iot', `thing/${thingName}`)

export function jobsWorld(): JobsWorld {
  const clock = new ManualClock()
  const bus = new RecordingBus()
  const registry = new FakeRegistry().addThings('dev1', 'dev2', 'dev3')
  const eventConfigurations = createEventConfigurations({ clock })
  let ids = 0
  const service = jobsService({
    account: defaultAccount,
    clock,
    bus,
    registry,
    eventConfigurations,
    newId: () => `event-${++ids}`,
  })
  const operationsOf = (signingName: string) =>
    service.operations.filter(operation => operation.service === signingName)
  const call: JobsWorld['call'] = (name, given) => callOperation(operationsOf('iot'), name, given)
  const configureEvents: JobsWorld['configureEvents'] = enabled => {
    const entries = Object.entries(enabled).map(([type, on]) => [type, { Enabled: on }])
    callOperation(eventConfigurations.operations, 'UpdateEventConfigurations', {
      body: { eventConfigurations: Object.fromEntries(entries) },
    })
  }
  return {
    clock,
    bus,
    registry,
    service,
    call,
    callData: (name, given) => callOperation(operationsOf('iot-jobs-data'), name, given),
    device: thingName => new BusDevice(bus, thingName),
    createJob: (jobId, body) =>
      call('CreateJob', {
        params: { jobId },
        body: { targets: [thingArn('dev1')], document: documentText, ...body },
      }),
    enableEvents: () => configureEvents({ JOB: true, JOB_EXECUTION: true }),
    configureEvents,
    drain: () => drain(bus),
  }
}

/** The topics of messages, without what a thing's Jobs topics begin with. */
export const shortTopics = (messages: readonly JsonMessage[]): string[] =>
  messages.map(({ topic }) => topic.replace(/^\$aws\/things\/[^/]+\/jobs\//, ''))
