import type { Account } from '../account.ts'
import type { RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import type { EventConfigurations } from '../event-configurations/event-configurations.ts'
import { createMessageFaults, type MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus } from '../mqtt/message-bus.ts'
import type { Registry } from '../registry/registry.ts'
import { createEngine, settle } from './engine.ts'
import { concludeExecution } from './execution-outcome.ts'
import { controlPlaneOperations } from './http-control-plane.ts'
import { dataPlaneOperations } from './http-data-plane.ts'
import { jobTemplateOperations } from './http-job-templates.ts'
import { createJobTemplates, type JobTemplates } from './job-templates.ts'
import { serveMqtt } from './mqtt-wire.ts'
import { createNotifications } from './notifications.ts'
import type { ExecutionEvent } from './outbox.ts'
import { followRegistry } from './target-membership.ts'

export interface JobsService {
  readonly operations: RestOperation[]
  readonly templates: JobTemplates
  /**
   * Faults for tests, by topic: requests as devices publish them, replies (`…/accepted`, `…/rejected`), notifications
   * and event messages (`$aws/events/jobExecution/…`).
   */
  readonly faults: MessageFaults
  /** For tests: called after an execution has ended or was deleted, also where the account has event messages switched off. */
  onExecutionEnded(listener: (event: ExecutionEvent) => void): void
  /** For tests: ends a thing's execution now as its timer would. @returns whether one was IN_PROGRESS */
  timeOut(thingName: string, jobId: string): boolean
}

/** AWS IoT Jobs: templates, jobs and executions, over HTTP and over the bus. */
export function jobsService(deps: {
  account: Account
  clock: Clock
  bus: MessageBus
  registry: Registry
  eventConfigurations: EventConfigurations
  /** Makes ids of event messages. */
  newId: () => string
}): JobsService {
  const faults = createMessageFaults(deps.clock)
  const notifications = createNotifications({ ...deps, faults, pending: () => engine.pending })
  const endListeners: ((event: ExecutionEvent) => void)[] = []
  const engine = createEngine({
    ...deps,
    listener: {
      ...notifications,
      executionEnded(event) {
        for (const listener of endListeners) listener(event)
        notifications.executionEnded(event)
      },
    },
  })
  const templates = createJobTemplates({ ...deps, jobs: engine.jobs })
  serveMqtt(engine, deps.bus, faults)
  deps.registry.onChange(change => settle(engine, () => followRegistry(engine, change)))
  return {
    operations: [
      ...controlPlaneOperations(engine, templates),
      ...jobTemplateOperations(templates),
      ...dataPlaneOperations(engine),
    ],
    templates,
    faults,
    onExecutionEnded: listener => void endListeners.push(listener),
    timeOut(thingName, jobId) {
      const execution = engine.jobs.get(jobId)?.shares.get(thingName)?.executions.at(-1)
      if (execution?.status !== 'IN_PROGRESS') return false
      settle(engine, () => concludeExecution(engine, execution, 'TIMED_OUT'))
      return true
    },
  }
}
