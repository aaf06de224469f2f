import { describe, expect, test } from 'vitest'
import { snsEvent, TriggerWorld } from '../testing/trigger-world.ts'

const ageCheck = 'DEVICE_CERTIFICATE_AGE_CHECK'
const task = '4e2bcd1ccbc2a5dd15292a82ab80c380'

describe('the end of an audit', () => {
  test('orders one job for the findings of all three checks, each certificate once', async () => {
    const world = new TriggerWorld()
    const [aged, expiring, weak] = ['aged', 'expiring', 'weak'].map(name => world.addThing(name))
    await world.audited(task, {
      [ageCheck]: [aged ?? ''],
      DEVICE_CERTIFICATE_EXPIRING_CHECK: [expiring ?? '', aged ?? ''],
      DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: [weak ?? ''],
    })
    expect(world.ordered.map(things => things.toSorted())).toEqual([['aged', 'expiring', 'weak']])
    expect(world.aws.triggers.ordered[0]).toMatchObject({
      jobId: expect.stringMatching(/^AWSLabsCertificateRotator-audit-[0-9a-f]{30}$/u),
      description: `Findings of the audit ${task}`,
    })
  })

  test('reads the findings page by page', async () => {
    const world = new TriggerWorld()
    const ids = Array.from({ length: 60 }, (_, index) => world.addThing(`thing-${index}`))
    world.aws.triggers.pageSize = 25
    await world.audited(task, { [ageCheck]: ids })
    expect(world.ordered.map(things => things.length)).toEqual([60])
    expect(world.aws.count('ListAuditFindings')).toBe(3)
  })

  test('orders a job for each hundred where there are more findings than a job may have targets', async () => {
    const world = new TriggerWorld()
    const ids = Array.from({ length: 250 }, (_, index) => world.addThing(`thing-${index}`))
    await world.audited(task, { [ageCheck]: ids })
    expect(world.ordered.map(things => things.length)).toEqual([100, 100, 50])
    expect(new Set(world.ordered.flat()).size).toBe(250)
  })

  test.each([0, 1])('makes no finding’s job twice where a try of it ended after job %i', async jobs => {
    const world = new TriggerWorld()
    const ids = Array.from({ length: 250 }, (_, index) => world.addThing(`thing-${index}`))
    let made = 0
    world.aws.afterCall = operation => {
      if (operation === 'CreateJob' && made++ === jobs) world.aws.failNext('ListPrincipalThingsV2', 'before')
    }
    await expect(world.audited(task, { [ageCheck]: ids })).rejects.toThrow('ServiceUnavailable')
    // Jobs has not made all executions yet, and lists findings in another order.
    for (const [name] of [...world.aws.data.executions].filter((_, index) => index % 2 === 0))
      world.aws.data.executions.delete(name)
    await world.audited(task, { [ageCheck]: ids.toReversed() })
    expect(world.ordered.map(things => things.length)).toEqual([100, 100, 50])
    expect(new Set(world.ordered.flat()).size).toBe(250)
  })

  test('told twice, makes no job twice', async () => {
    const world = new TriggerWorld()
    const ids = Array.from({ length: 150 }, (_, index) => world.addThing(`thing-${index}`))
    await world.audited(task, { [ageCheck]: ids })
    world.aws.data.executions.clear()
    await world.audited(task, { [ageCheck]: ids.toReversed() })
    expect(world.ordered.map(things => things.length)).toEqual([100, 50])
    expect(world.lines.filter(({ event }) => event === 'job-there-already')).toHaveLength(2)
  })

  test('orders nothing for a thing that still has the rotation of an earlier audit before it', async () => {
    const world = new TriggerWorld()
    const id = world.addThing('offline')
    await world.audited('audit-of-monday', { [ageCheck]: [id] })
    await world.audited('audit-of-tuesday', { [ageCheck]: [id] })
    expect(world.ordered).toEqual([['offline']])
  })

  test('goes on in further invocations where there are many findings', async () => {
    const world = new TriggerWorld()
    const ids = Array.from({ length: 250 }, (_, index) => world.addThing(`thing-${index}`))
    world.aws.afterCall = operation => {
      if (operation === 'ListPrincipalThingsV2') world.nowMs += 6_000
    }
    expect(await world.audited(task, { [ageCheck]: ids })).toBe(3)
    expect(world.ordered.map(things => things.length)).toEqual([100, 100, 50])
  })

  test('means nothing where no check objects that a rotation puts right, or a check did not get through', async () => {
    const world = new TriggerWorld()
    const id = world.addThing('one')
    await world.audited(task, { CONFLICTING_CLIENT_IDS_CHECK: [id] })
    await world.audited('t2', { [ageCheck]: [id] }, 'FAILED')
    await world.audited('t3', { [ageCheck]: [id] }, 'COMPLETED_COMPLIANT')
    expect(world.aws.calls).toEqual([])
  })

  test('a check without a finding is none to order for', async () => {
    const world = new TriggerWorld()
    await world.audited(task, { [ageCheck]: [] })
    expect(world.ordered).toEqual([])
  })

  test.each([
    ['another message', snsEvent({ AlarmName: 'of something else' }), /taskId/u],
    ['no event of Amazon SNS', { source: 'aws.events' }, /Records/u],
    ['text', { Records: [{ Sns: { Message: 'You have chosen to subscribe' } }] }, /not JSON/u],
  ])('%s on its topic is told in the log and left alone', async (_, event, problem) => {
    const world = new TriggerWorld()
    await world.audit(event)
    expect(world.lines).toEqual([
      { level: 'warn', event: 'notification-not-understood', problem: expect.stringMatching(problem) },
    ])
  })
})
