import { describe, expect, test } from 'vitest'
import { jobsWorld, thingArn } from '../testing/jobs-world.ts'

const prefix = '$aws/things/dev1/jobs'
const timestamp = Date.UTC(2026, 0, 1) / 1000
const jobDocument = { operation: 'ROTATE_CERTIFICATE' }

function setUp(...jobIds: string[]) {
  const world = jobsWorld()
  for (const jobId of jobIds) world.createJob(jobId)
  world.drain()
  const device = world.device('dev1')
  const ask = (rest: string, body: unknown = {}) => {
    const replies = device.publish(`${prefix}/${rest}`, body)
    expect(replies).toHaveLength(1)
    return replies[0]
  }
  return { world, device, ask }
}

const summary = (jobId: string) => ({
  jobId,
  queuedAt: timestamp,
  lastUpdatedAt: timestamp,
  versionNumber: 1,
  executionNumber: 1,
})

describe('get: the pending executions of a thing', () => {
  test('both lists are present and empty where nothing is pending', () => {
    const { ask } = setUp()
    expect(ask('get', { clientToken: 't' })).toEqual({
      topic: `${prefix}/get/accepted`,
      body: { clientToken: 't', timestamp, inProgressJobs: [], queuedJobs: [] },
    })
  })

  test('executions are listed by status, with times in whole seconds', () => {
    const { world, ask } = setUp('J1', 'J2')
    world.clock.advance(1999)
    ask('J1/update', { status: 'IN_PROGRESS' })
    expect(ask('get')?.body).toEqual({
      timestamp: timestamp + 1,
      inProgressJobs: [
        { ...summary('J1'), startedAt: timestamp + 1, lastUpdatedAt: timestamp + 1, versionNumber: 2 },
      ],
      queuedJobs: [summary('J2')],
    })
  })
})

describe('start-next', () => {
  test('starts the first queued execution with details and answers it with its document', () => {
    const { ask } = setUp('J1', 'J2')
    expect(ask('start-next', { statusDetails: { phase: 'ask' }, clientToken: 't' })).toEqual({
      topic: `${prefix}/start-next/accepted`,
      body: {
        clientToken: 't',
        timestamp,
        execution: {
          jobId: 'J1',
          thingName: 'dev1',
          jobDocument,
          status: 'IN_PROGRESS',
          statusDetails: { phase: 'ask' },
          queuedAt: timestamp,
          startedAt: timestamp,
          lastUpdatedAt: timestamp,
          versionNumber: 2,
          executionNumber: 1,
        },
      },
    })
  })

  test('answers an execution that is in progress already without changing its details or version', () => {
    const { ask } = setUp('J1')
    ask('start-next', { statusDetails: { phase: 'ask' } })
    expect(ask('start-next', { statusDetails: { phase: 'other' } })?.body).toMatchObject({
      execution: { statusDetails: { phase: 'ask' }, versionNumber: 2 },
    })
  })

  test('has no execution where nothing is pending', () => {
    const { ask } = setUp()
    expect(ask('start-next', { clientToken: 't' })?.body).toEqual({ clientToken: 't', timestamp })
  })
})

describe('{jobId}/get', () => {
  test('answers the execution with its document as an object, without details where there are none', () => {
    const { ask } = setUp('J1')
    expect(ask('J1/get')).toEqual({
      topic: `${prefix}/J1/get/accepted`,
      body: {
        timestamp,
        execution: { ...summary('J1'), thingName: 'dev1', status: 'QUEUED', jobDocument },
      },
    })
  })

  test('leaves the document out where it is not wanted', () => {
    const { ask } = setUp('J1')
    const reply = ask('J1/get', { includeJobDocument: false })
    expect(reply?.body).not.toHaveProperty('execution.jobDocument')
    expect(reply?.body).toHaveProperty('execution.jobId')
  })

  test('$next is the first pending execution, and the answer comes on the topic with $next', () => {
    const { ask } = setUp('J1', 'J2')
    ask('J2/update', { status: 'IN_PROGRESS' })
    expect(ask('$next/get')).toMatchObject({
      topic: `${prefix}/$next/get/accepted`,
      body: { execution: { jobId: 'J2', status: 'IN_PROGRESS' } },
    })
  })

  test('$next with nothing pending has no execution', () => {
    const { ask } = setUp()
    expect(ask('$next/get', { clientToken: 't' })?.body).toEqual({ clientToken: 't', timestamp })
  })

  test('an execution that has ended is rejected with TerminalStateReached', () => {
    const { ask } = setUp('J1')
    ask('J1/update', { status: 'FAILED' })
    expect(ask('J1/get')).toMatchObject({
      topic: `${prefix}/J1/get/rejected`,
      body: { code: 'TerminalStateReached' },
    })
  })

  test('an unknown job or execution number is rejected with ResourceNotFound', () => {
    const { ask } = setUp('J1')
    expect(ask('other/get')?.body).toMatchObject({ code: 'ResourceNotFound' })
    expect(ask('J1/get', { executionNumber: 2 })?.body).toMatchObject({ code: 'ResourceNotFound' })
    expect(ask('J1/get', { executionNumber: 1 })?.body).toMatchObject({ execution: { executionNumber: 1 } })
  })
})

describe('{jobId}/update', () => {
  test('answers with nothing but token and time, and counts the version up at every update', () => {
    const { ask } = setUp('J1')
    expect(ask('J1/update', { status: 'IN_PROGRESS', clientToken: 't' })).toEqual({
      topic: `${prefix}/J1/update/accepted`,
      body: { clientToken: 't', timestamp },
    })
    ask('J1/update', { status: 'IN_PROGRESS' })
    expect(ask('J1/get')?.body).toMatchObject({ execution: { versionNumber: 3 } })
  })

  test('answers state and document where they are asked for', () => {
    const { ask } = setUp('J1')
    const body = { status: 'IN_PROGRESS', includeJobExecutionState: true, includeJobDocument: true }
    expect(ask('J1/update', { ...body, statusDetails: { a: 'b' } })?.body).toEqual({
      timestamp,
      executionState: { status: 'IN_PROGRESS', statusDetails: { a: 'b' }, versionNumber: 2 },
      jobDocument,
    })
  })

  test.for([1, '1'])('the expected version %j is taken as a number and as text', expectedVersion => {
    const { ask } = setUp('J1')
    expect(ask('J1/update', { status: 'IN_PROGRESS', expectedVersion })?.topic).toMatch(/accepted$/)
  })

  test('another expected version is rejected with VersionMismatch and the state that it met', () => {
    const { ask } = setUp('J1')
    expect(ask('J1/update', { status: 'IN_PROGRESS', expectedVersion: 99, clientToken: 't' })).toEqual({
      topic: `${prefix}/J1/update/rejected`,
      body: {
        code: 'VersionMismatch',
        message: 'Expected version 99 but found version 1',
        clientToken: 't',
        timestamp,
        executionState: { status: 'QUEUED', versionNumber: 1 },
      },
    })
  })

  test('an update of an execution that has ended is rejected with InvalidStateTransition and its state', () => {
    const { ask } = setUp('J1')
    ask('J1/update', { status: 'SUCCEEDED', statusDetails: { a: 'b' } })
    expect(ask('J1/update', { status: 'SUCCEEDED' })?.body).toMatchObject({
      code: 'InvalidStateTransition',
      executionState: { status: 'SUCCEEDED', statusDetails: { a: 'b' }, versionNumber: 2 },
    })
  })

  test('details that are left out stay, details that are given replace all', () => {
    const { ask } = setUp('J1')
    ask('J1/update', { status: 'IN_PROGRESS', statusDetails: { a: '1', b: '2' } })
    ask('J1/update', { status: 'IN_PROGRESS' })
    expect(ask('J1/get')?.body).toMatchObject({ execution: { statusDetails: { a: '1', b: '2' } } })
    ask('J1/update', { status: 'IN_PROGRESS', statusDetails: { c: '3' } })
    expect(ask('J1/get')).toHaveProperty('body.execution.statusDetails', { c: '3' })
  })

  test('a boolean and a number in the details are taken as their text', () => {
    const { ask } = setUp('J1')
    ask('J1/update', { status: 'IN_PROGRESS', statusDetails: { CertificateRotator: true, tries: 3 } })
    expect(ask('J1/get')).toHaveProperty('body.execution.statusDetails', {
      CertificateRotator: 'true',
      tries: '3',
    })
  })

  test('an execution number that is not the latest names an execution that has ended', () => {
    const { world, ask } = setUp()
    world.createJob('J1', {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    })
    ask('J1/update', { status: 'FAILED', executionNumber: 1 })
    expect(ask('J1/update', { status: 'IN_PROGRESS', executionNumber: 1 })?.body).toMatchObject({
      code: 'InvalidStateTransition',
    })
    expect(ask('J1/update', { status: 'IN_PROGRESS', executionNumber: 2 })?.topic).toMatch(/accepted$/)
    expect(ask('J1/update', { status: 'IN_PROGRESS', executionNumber: 3 })?.body).toMatchObject({
      code: 'ResourceNotFound',
    })
  })
})

describe('requests that are rejected', () => {
  const code = (reply: { topic: string; body: unknown } | undefined) => {
    expect(reply?.topic).toMatch(/\/rejected$/)
    return reply?.body === undefined ? undefined : (reply.body as { code: string }).code
  }

  test.for(['', 'nonsense', '{"status":', '7', 'null', '"text"', '[]'])(
    'a payload of %j, which is no JSON object, is InvalidJson on every topic',
    payload => {
      const { ask } = setUp('J1')
      for (const rest of ['get', 'start-next', '$next/get', 'J1/get', 'J1/update'])
        expect(code(ask(rest, Buffer.from(payload)))).toBe('InvalidJson')
    },
  )

  test('bytes that are not UTF-8 are InvalidJson', () => {
    const { ask } = setUp('J1')
    expect(code(ask('get', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])))).toBe('InvalidJson')
  })

  test('a missing status is InvalidRequest in the words of AWS', () => {
    const { ask } = setUp('J1')
    expect(ask('J1/update', {})?.body).toMatchObject({
      code: 'InvalidRequest',
      message: "Value null at 'status' failed to satisfy constraint: Member must not be null",
    })
  })

  test.for([
    { status: 'DONE' },
    { status: 7 },
    { status: 'IN_PROGRESS', expectedVersion: 'one' },
    { status: 'IN_PROGRESS', expectedVersion: 1.5 },
    { status: 'IN_PROGRESS', executionNumber: '1' },
    { status: 'IN_PROGRESS', includeJobDocument: 'yes' },
    { status: 'IN_PROGRESS', stepTimeoutInMinutes: 0 },
    { status: 'IN_PROGRESS', stepTimeoutInMinutes: 10_081 },
    { status: 'IN_PROGRESS', statusDetails: 'text' },
    { status: 'IN_PROGRESS', statusDetails: { a: null } },
    { status: 'IN_PROGRESS', statusDetails: { a: { b: 'c' } } },
    { status: 'IN_PROGRESS', statusDetails: { a: '' } },
    { status: 'IN_PROGRESS', statusDetails: { a: 'line\nbreak' } },
    { status: 'IN_PROGRESS', statusDetails: { a: 'x'.repeat(1025) } },
    { status: 'IN_PROGRESS', statusDetails: { 'a b': 'c' } },
    { status: 'IN_PROGRESS', statusDetails: { ['k'.repeat(129)]: 'c' } },
    {
      status: 'IN_PROGRESS',
      statusDetails: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])),
    },
    { status: 'IN_PROGRESS', clientToken: 'x'.repeat(65) },
    { status: 'IN_PROGRESS', clientToken: 'é'.repeat(33) },
    { status: 'IN_PROGRESS', clientToken: 5 },
  ])('%j is InvalidRequest and changes nothing', body => {
    const { ask } = setUp('J1')
    expect(code(ask('J1/update', body))).toBe('InvalidRequest')
    expect(ask('J1/get')?.body).toMatchObject({ execution: { status: 'QUEUED', versionNumber: 1 } })
  })

  test('an unknown job, and a job of another thing, are ResourceNotFound', () => {
    const { world, ask } = setUp('J1')
    world.createJob('J2', { targets: [thingArn('dev2')] })
    expect(code(ask('nothing/update', { status: 'SUCCEEDED' }))).toBe('ResourceNotFound')
    expect(code(ask('J2/update', { status: 'SUCCEEDED' }))).toBe('ResourceNotFound')
  })

  test('requests of a thing that is not registered are ResourceNotFound', () => {
    const { world } = setUp()
    const [reply] = world.device('ghost').publish('$aws/things/ghost/jobs/get', {})
    expect(code(reply)).toBe('ResourceNotFound')
  })

  test.for(['notify', 'J1', 'J1/cancel', 'J1/get/accepted', 'J1/update/more', 'get/accepted'])(
    'the topic …/jobs/%s maps to no operation: InvalidTopic',
    rest => {
      const { ask } = setUp('J1')
      expect(code(ask(rest))).toBe('InvalidTopic')
    },
  )
})

test('replies go to the requester alone and are not published', () => {
  const { world, device, ask } = setUp('J1')
  const other = world.device('dev1')
  ask('get')
  expect(device.replies).toHaveLength(1)
  expect(other.replies).toEqual([])
  expect(world.drain()).toEqual([])
})

describe('faults on the way', () => {
  test('a lost request has no effect', () => {
    const { world, device } = setUp('J1')
    const fault = world.service.faults.lose(/\/J1\/update$/, 1)
    expect(device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS' })).toEqual([])
    expect(fault.fired).toBe(1)
    expect(device.publish(`${prefix}/J1/get`, {})[0]?.body).toMatchObject({ execution: { status: 'QUEUED' } })
  })

  test('a lost reply leaves the effect', () => {
    const { world, device } = setUp('J1')
    const fault = world.service.faults.lose(/\/update\/accepted$/, 1)
    expect(device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS' })).toEqual([])
    expect(fault.fired).toBe(1)
    expect(device.publish(`${prefix}/J1/get`, {})[0]?.body).toMatchObject({
      execution: { status: 'IN_PROGRESS' },
    })
  })

  test('held replies come on release, in their order', () => {
    const { world, device } = setUp('J1')
    const held = world.service.faults.hold(/\/(accepted|rejected)$/)
    device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS' })
    device.publish(`${prefix}/get`, {})
    expect(device.replies).toEqual([])
    held.release()
    expect(device.replies.map(({ topic }) => topic)).toEqual([
      `${prefix}/J1/update/accepted`,
      `${prefix}/get/accepted`,
    ])
  })

  test('a throttled request is rejected with RequestThrottled and has no effect', () => {
    const { world, ask } = setUp('J1')
    const fault = world.service.faults.refuse(/\/update$/, 'RequestThrottled', 1)
    expect(ask('J1/update', { status: 'IN_PROGRESS' })?.body).toMatchObject({
      code: 'RequestThrottled',
      timestamp,
    })
    expect(fault.fired).toBe(1)
    expect(ask('J1/get')?.body).toMatchObject({ execution: { status: 'QUEUED' } })
  })
})
