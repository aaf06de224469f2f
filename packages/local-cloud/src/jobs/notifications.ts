import type { Clock } from '../clock.ts'
import type { EventConfigurations } from '../event-configurations/event-configurations.ts'
import type { MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus } from '../mqtt/message-bus.ts'
import type { Registry } from '../registry/registry.ts'
import { detailsOf, nextExecution, seconds, summary } from './execution-view.ts'
import type { Job } from './job.ts'
import type { ExecutionEvent, JobEvent, JobOperation, JobsListener } from './outbox.ts'
import type { PendingExecutions } from './pending-executions.ts'

/** Notifications to things, and event messages where the account has them enabled. */
export function createNotifications(deps: {
  bus: MessageBus
  clock: Clock
  registry: Registry
  eventConfigurations: EventConfigurations
  faults: MessageFaults
  newId: () => string
  pending: () => PendingExecutions
}): JobsListener {
  function publish(topic: string, body: unknown): void {
    const payload = Buffer.from(JSON.stringify(body))
    deps.faults.pass(topic, () => deps.bus.publish({ topic, payload, qos: 1, source: { kind: 'service' } }))
  }

  function publishEvent(
    eventType: 'JOB' | 'JOB_EXECUTION',
    topic: string,
    operation: string,
    body: object,
  ): void {
    if (!deps.eventConfigurations.isEnabled(eventType)) return
    const timestamp = seconds(deps.clock.now())
    publish(`${topic}/${operation}`, { eventType, eventId: deps.newId(), timestamp, operation, ...body })
  }

  return {
    pendingChanged(thingName) {
      const listed = deps.pending().listed(thingName)
      const inProgress = listed.filter(({ status }) => status === 'IN_PROGRESS').map(summary)
      const queued = listed.filter(({ status }) => status === 'QUEUED').map(summary)
      publish(`$aws/things/${thingName}/jobs/notify`, {
        timestamp: seconds(deps.clock.now()),
        jobs: {
          ...(inProgress.length > 0 && { IN_PROGRESS: inProgress }),
          ...(queued.length > 0 && { QUEUED: queued }),
        },
      })
    },
    nextChanged(thingName) {
      const first = deps.pending().first(thingName)
      publish(`$aws/things/${thingName}/jobs/notify-next`, {
        timestamp: seconds(deps.clock.now()),
        ...(first !== undefined && { execution: nextExecution(first) }),
      })
    },
    executionEnded: event => {
      const { jobId } = event.execution.job
      publishEvent(
        'JOB_EXECUTION',
        `$aws/events/jobExecution/${jobId}`,
        event.operation,
        executionEvent(deps.registry, event),
      )
    },
    jobChanged: event =>
      publishEvent('JOB', `$aws/events/job/${event.job.jobId}`, event.operation, jobEvent(event)),
  }
}

function executionEvent(registry: Registry, event: ExecutionEvent): object {
  return {
    jobId: event.execution.job.jobId,
    thingArn: registry.thingArn(event.execution.thingName),
    status: event.status,
    ...detailsOf(event),
  }
}

const statusInEvent: Record<JobOperation, string> = {
  completed: 'COMPLETED',
  canceled: 'CANCELED',
  deleted: 'DELETED',
  cancellation_in_progress: 'CANCELLATION_IN_PROGRESS',
  deletion_in_progress: 'DELETION_IN_PROGRESS',
}

/** Unlike `timestamp`, the times of the job itself are milliseconds. */
function jobEvent({ operation, job }: JobEvent): object {
  return {
    jobId: job.jobId,
    status: statusInEvent[operation],
    targetSelection: job.targetSelection,
    targets: job.targetArns,
    ...(job.description !== undefined && { description: job.description }),
    ...(job.completedAtMs !== undefined && { completedAt: job.completedAtMs }),
    createdAt: job.createdAtMs,
    lastUpdatedAt: job.lastUpdatedAtMs,
    ...(job.comment !== undefined && { comment: job.comment }),
    ...(operation === 'completed' && { jobProcessDetails: finishedThings(job) }),
  }
}

function finishedThings({ thingsByStatus }: Job): object {
  return {
    numberOfCanceledThings: thingsByStatus.CANCELED,
    numberOfRejectedThings: thingsByStatus.REJECTED,
    numberOfFailedThings: thingsByStatus.FAILED,
    numberOfRemovedThings: thingsByStatus.REMOVED,
    numberOfSucceededThings: thingsByStatus.SUCCEEDED,
  }
}
