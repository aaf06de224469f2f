import { describe, expect, test } from 'vitest'
import { type JobsWorld, jobsWorld } from '../testing/jobs-world.ts'
import { type ExecutionStatus, executionStatuses } from './job.ts'

const topic = (rest: string): string => `$aws/things/dev1/jobs/${rest}`

/** How an execution comes into each status. */
const ways: Record<ExecutionStatus, (world: JobsWorld) => void> = {
  QUEUED: () => undefined,
  IN_PROGRESS: world => void report(world, 'IN_PROGRESS'),
  SUCCEEDED: world => void report(world, 'SUCCEEDED'),
  FAILED: world => void report(world, 'FAILED'),
  REJECTED: world => void report(world, 'REJECTED'),
  TIMED_OUT(world) {
    report(world, 'IN_PROGRESS')
    world.clock.advance(60_000)
  },
  CANCELED: world => void world.call('CancelJob', { params: { jobId: 'J1' } }),
  REMOVED(world) {
    world.registry.deleteThing('dev1')
    world.registry.addThings('dev1')
  },
}

function report(world: JobsWorld, status: string): unknown {
  return world.device('dev1').publish(topic('J1/update'), { status })[0]?.body
}

function statusOf(world: JobsWorld): string {
  const answer = world.call('DescribeJobExecution', { params: { jobId: 'J1', thingName: 'dev1' } })
  return (answer as { execution: { status: string } }).execution.status
}

/** What each status answers to each report of a device: accepted, or the code of the rejection. */
const answers: Record<ExecutionStatus, Partial<Record<ExecutionStatus, string>>> = {
  QUEUED: { IN_PROGRESS: 'accepted', SUCCEEDED: 'accepted', FAILED: 'accepted', REJECTED: 'accepted' },
  IN_PROGRESS: { IN_PROGRESS: 'accepted', SUCCEEDED: 'accepted', FAILED: 'accepted' },
  SUCCEEDED: {},
  FAILED: {},
  TIMED_OUT: {},
  REJECTED: {},
  REMOVED: {},
  CANCELED: {},
}
const ofTheService = new Set<ExecutionStatus>(['TIMED_OUT', 'CANCELED', 'REMOVED'])

describe('what a device may report', () => {
  for (const from of executionStatuses)
    for (const to of executionStatuses) {
      const expected =
        answers[from][to] ?? (ofTheService.has(to) ? 'InvalidRequest' : 'InvalidStateTransition')
      test(`${from} to ${to}: ${expected}`, () => {
        const world = jobsWorld()
        world.createJob('J1', { timeoutConfig: { inProgressTimeoutInMinutes: 1 } })
        ways[from](world)
        expect(statusOf(world)).toBe(from)
        const reply = report(world, to) as { code?: string; executionState?: { status: string } }
        expect(reply.code ?? 'accepted').toBe(expected)
        expect(reply.executionState?.status).toBe(expected === 'InvalidStateTransition' ? from : undefined)
        expect(statusOf(world)).toBe(expected === 'accepted' ? to : from)
      })
    }
})

test('a version that is not expected is told before a transition that is not allowed', () => {
  const world = jobsWorld()
  world.createJob('J1')
  report(world, 'SUCCEEDED')
  const [reply] = world
    .device('dev1')
    .publish(topic('J1/update'), { status: 'SUCCEEDED', expectedVersion: 1 })
  expect(reply?.body).toMatchObject({ code: 'VersionMismatch', executionState: { status: 'SUCCEEDED' } })
})
