import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { TriggerWorld } from '../testing/trigger-world.ts'
import { callPauseMs } from '../triggers/candidates.ts'

describe('a run of the schedule', () => {
  test('orders one job from the template for the things with old certificates, the oldest first', async () => {
    const world = new TriggerWorld()
    world.addThing('young', { ageDays: 364 })
    world.addThing('old', { ageDays: 366 })
    world.addThing('oldest', { ageDays: 900 })
    await world.runSchedule()
    expect(world.ordered).toEqual([['oldest', 'old']])
    expect(world.aws.triggers.ordered[0]).toMatchObject({
      jobId: expect.stringMatching(/^AWSLabsCertificateRotator-age-[0-9a-f]{30}$/u),
      jobTemplateArn: expect.stringMatching(/:jobtemplate\/AWSLabsCertificateRotator$/u),
      description: 'Certificates that are older than 365 days',
    })
    expect(world.lines.map(({ event }) => event)).toEqual([
      'rotations-ordered',
      'aged-certificates-looked-at',
    ])
  })

  test('orders nothing where nothing is old, and reads no further than the first young certificate', async () => {
    const world = new TriggerWorld()
    world.aws.triggers.pageSize = 2
    for (const age of [10, 11, 12, 13, 14]) world.addThing(`thing-${age}`, { ageDays: age })
    await world.runSchedule()
    expect(world.ordered).toEqual([])
    expect(world.aws.calls).toEqual(['ListCertificates'])
  })

  test('reads page by page', async () => {
    const world = new TriggerWorld()
    world.aws.triggers.pageSize = 2
    for (const age of [501, 502, 503, 504, 505]) world.addThing(`thing-${age}`, { ageDays: age })
    await world.runSchedule()
    expect(world.ordered.map(things => things.length)).toEqual([5])
    expect(world.aws.count('ListCertificates')).toBe(3)
  })

  test('leaves out what cannot be rotated, with the reason, and what is inactive', async () => {
    const world = new TriggerWorld()
    world.addThing('foreign', { group: 'sensors' })
    world.addThing('shared', { exclusive: false })
    const both = world.addThing('first', { exclusive: false })
    world.aws.iot.addThing('second')
    world.aws.iot.attach('second', both, false)
    world.addCertificate('of nothing', 500)
    const retired = world.aws.iot.certificates.get(world.addThing('inactive'))
    if (retired !== undefined) retired.status = 'INACTIVE'
    world.addThing('good')
    await world.runSchedule()
    expect(world.ordered).toEqual([['good']])
    expect(world.leftOut.map(String).toSorted()).toEqual([
      'it is no member of cores',
      'the certificate is attached to no thing',
      'the certificate is not attached to one thing exclusively',
      'the certificate is not attached to one thing exclusively',
    ])
  })

  test('leaves out a certificate that a rotation has replaced and that is not retired yet', async () => {
    const world = new TriggerWorld()
    const [old, fresh] = [world.addThing('rotated'), world.addCertificate('fresh', 0)]
    world.aws.iot.attach('rotated', fresh, true)
    const certificates = { oldCertificateId: old, newCertificateId: fresh, keep: fresh }
    const record = { schema: 2, ...certificates, madeBy: 'v2' }
    world.aws.data.writeShadow('rotated', { ...record, progress: 'committed' })
    await world.runSchedule()
    world.aws.data.writeShadow('rotated', { ...record, progress: 'settled', retiring: [old] })
    await world.runSchedule()
    expect(world.ordered).toEqual([])
    const problem = 'a rotation has replaced the certificate already'
    expect(world.leftOut).toEqual([problem, problem])
  })

  test.each([1, 2, 3, 4])('leaves out a thing whose rotation ends after call %i', async ended => {
    const world = new TriggerWorld()
    const [old, fresh] = [world.addThing('fast'), world.addCertificate('fresh', 0)]
    const execution = { jobId: 'J1', executionNumber: 1, document: '{"operation":"ROTATE_CERTIFICATE"}' }
    world.aws.data.setExecution('fast', { ...execution, status: 'IN_PROGRESS' })
    const end = () => {
      world.aws.data.setExecution('fast', { ...execution, status: 'SUCCEEDED' })
      const certificates = { oldCertificateId: old, newCertificateId: fresh, keep: fresh }
      world.aws.data.writeShadow('fast', { schema: 2, ...certificates, progress: 'settled', madeBy: 'v2' })
    }
    let calls = 0
    world.aws.afterCall = () => {
      calls += 1
      if (calls === ended) end()
    }
    await world.runSchedule()
    expect(world.ordered).toEqual([])
    const isSeen =
      ended < 4 ? 'a rotation has replaced the certificate already' : 'a rotation of it is open already'
    expect(world.leftOut).toEqual([isSeen])
  })

  test('leaves out things with a rotation that is open, and no others with an open job', async () => {
    const world = new TriggerWorld()
    const execution = (jobId: string, status: string, operation: string) => ({
      jobId,
      executionNumber: 1,
      status,
      document: JSON.stringify({ operation }),
    })
    for (const name of ['queued', 'in-progress', 'rebooting', 'rotated']) world.addThing(name)
    world.aws.data.setExecution('queued', execution('J1', 'QUEUED', 'ROTATE_CERTIFICATE'))
    world.aws.data.setExecution('in-progress', execution('J1', 'IN_PROGRESS', 'ROTATE_CERTIFICATE'))
    world.aws.data.setExecution('rebooting', execution('J2', 'IN_PROGRESS', 'REBOOT'))
    world.aws.data.setExecution('rotated', execution('J1', 'CANCELED', 'ROTATE_CERTIFICATE'))
    await world.runSchedule()
    expect(world.ordered.map(things => things.toSorted())).toEqual([['rebooting', 'rotated']])
    expect(world.leftOut).toEqual(['a rotation of it is open already', 'a rotation of it is open already'])
    expect(world.aws.count('GetJobDocument')).toBe(2)
  })

  test.each(['FAILED', 'TIMED_OUT', 'REJECTED'])(
    'leaves a thing alone for a week after a rotation of it has %s; jobs of other kinds do not count',
    async status => {
      const world = new TriggerWorld()
      const failed = (jobId: string, daysAgo: number, operation: string) => ({
        jobId,
        executionNumber: 1,
        status,
        document: JSON.stringify({ operation }),
        updatedAtMs: world.nowMs - daysAgo * 86_400_000,
      })
      for (const name of ['lately', 'long-ago', 'rebooted']) world.addThing(name)
      world.aws.data.setExecution('lately', failed('J1', 6, 'ROTATE_CERTIFICATE'))
      world.aws.data.setExecution('long-ago', failed('J1', 8, 'ROTATE_CERTIFICATE'))
      world.aws.data.setExecution('rebooted', failed('J2', 6, 'REBOOT'))
      await world.runSchedule()
      expect(world.ordered.map(things => things.toSorted())).toEqual([['long-ago', 'rebooted']])
      expect(world.leftOut).toEqual(['a rotation of it has failed lately'])
    },
  )

  test('never orders more than a job may have targets; the next runs order the others', async () => {
    const world = new TriggerWorld()
    for (let index = 0; index < 230; index += 1) world.addThing(`thing-${index}`, { ageDays: 800 - index })
    await world.runSchedule('2026-06-01T00:00:00Z')
    await world.runSchedule('2026-06-01T01:00:00Z')
    await world.runSchedule('2026-06-01T02:00:00Z')
    await world.runSchedule('2026-06-01T03:00:00Z')
    expect(world.ordered.map(things => things.length)).toEqual([100, 100, 30])
    expect(new Set(world.ordered.flat()).size).toBe(230)
  })

  test('that is tried again makes no second job', async () => {
    const world = new TriggerWorld()
    world.addThing('one')
    world.addThing('two')
    world.aws.failNext('CreateJob', 'after')
    await expect(world.runSchedule()).rejects.toThrow('ServiceUnavailable')
    // Of one of them Jobs has not made the execution yet, so that nothing tells that it is ordered.
    world.aws.data.executions.delete('two')
    await world.runSchedule()
    expect(world.ordered).toHaveLength(1)
    expect(world.lines.map(({ event }) => event)).toContain('job-there-already')
  })

  test('goes on in further invocations, and still makes one job, with what all of them found', async () => {
    const world = new TriggerWorld()
    world.aws.triggers.pageSize = 5
    for (let index = 0; index < 60; index += 1) world.addThing(`thing-${index}`)
    world.aws.afterCall = operation => {
      if (operation === 'ListPrincipalThingsV2') world.nowMs += 60_000
    }
    expect(await world.runSchedule()).toBeGreaterThan(3)
    expect(world.ordered.map(things => things.length)).toEqual([60])
  })

  test('leaves out what another run has ordered since its earlier invocations found it', async () => {
    const world = new TriggerWorld()
    world.aws.triggers.pageSize = 5
    for (let index = 0; index < 60; index += 1) world.addThing(`thing-${index}`)
    const execution = { jobId: 'J1', executionNumber: 1, document: '{"operation":"ROTATE_CERTIFICATE"}' }
    world.aws.afterCall = operation => {
      if (operation === 'ListPrincipalThingsV2') world.nowMs += 60_000
      if (operation === 'Invoke') world.aws.data.setExecution('thing-0', { ...execution, status: 'QUEUED' })
    }
    expect(await world.runSchedule()).toBeGreaterThan(3)
    expect(world.ordered.map(things => things.length)).toEqual([59])
    expect(world.ordered.flat()).not.toContain('thing-0')
  })

  test('makes no more than four calls a second', async () => {
    const world = new TriggerWorld()
    for (let index = 0; index < 20; index += 1) world.addThing(`thing-${index}`)
    const fromMs = world.nowMs
    await world.runSchedule()
    const paced = world.aws.calls.filter(call => call !== 'CreateJob').length
    expect(paced).toBe(1 + 20 * 4 + 1)
    expect(world.nowMs - fromMs).toBe((paced - 1) * callPauseMs)
  })

  test('fails where AWS does, so that it is tried again', async () => {
    const world = new TriggerWorld()
    world.addThing('one')
    const calls = [
      'ListCertificates',
      'ListPrincipalThingsV2',
      'ListThingGroupsForThing',
      'ListJobExecutionsForThing',
      'GetThingShadow',
    ]
    for (const call of [...calls, 'CreateJob']) {
      world.aws.failNext(call, 'before', new AwsFailure(400, 'ThrottlingException'))
      await expect(world.runSchedule()).rejects.toThrow('ThrottlingException')
    }
    expect(world.ordered).toEqual([])
  })

  test('takes a certificate that is deleted meanwhile for one that is attached to nothing', async () => {
    const world = new TriggerWorld()
    const id = world.addThing('one')
    world.aws.afterCall = operation => {
      if (operation === 'ListCertificates') world.aws.iot.certificates.delete(id)
    }
    await world.runSchedule()
    expect(world.ordered).toEqual([])
    expect(world.leftOut).toEqual(['the certificate is attached to no thing'])
  })

  test('takes a thing that is deleted meanwhile for no member', async () => {
    const world = new TriggerWorld()
    world.addThing('one')
    world.aws.afterCall = operation => {
      if (operation === 'ListPrincipalThingsV2') world.aws.iot.things.delete('one')
    }
    await world.runSchedule()
    expect(world.leftOut).toEqual(['it is no member of cores'])
  })

  test('fails where it is not told when it was due', async () => {
    await expect(new TriggerWorld().age({ scheduledTime: '<aws.scheduler.scheduled-time>' })).rejects.toThrow(
      'is no time',
    )
  })
})
