import { describe, expect, test } from 'vitest'
import { TriggerWorld } from '../testing/trigger-world.ts'

const ageCheck = 'DEVICE_CERTIFICATE_AGE_CHECK'
const minuteMs = 60_000
const dayMs = 86_400_000
const document = '{"operation":"ROTATE_CERTIFICATE"}'

/** @returns ids of a job of a trigger's, one for each number */
const jobOf = (trigger: string, index = 0): string =>
  `AWSLabsCertificateRotator-${trigger}-${index.toString(16).padStart(30, '0')}`

function things(world: TriggerWorld, count: number, word = 'thing'): string[] {
  return Array.from({ length: count }, (_, index) => world.addThing(`${word}-${index}`))
}

/** A job whose executions stand so: one thing for each status. */
function addJob(world: TriggerWorld, jobId: string, statuses: readonly string[], agoMs = 8 * dayMs): void {
  const atMs = world.nowMs - agoMs
  const execution = { jobId, executionNumber: 1, document, queuedAtMs: atMs, updatedAtMs: atMs }
  for (const [index, status] of statuses.entries())
    world.aws.data.setExecution(`of-${jobId}-${index}`, { ...execution, status })
}

const times = (count: number, status: string): string[] => Array.from({ length: count }, () => status)
const sizes = (world: TriggerWorld): number[] => world.ordered.map(({ length }) => length)
const held = (world: TriggerWorld): (string | undefined)[] =>
  world.lines.filter(({ event }) => event === 'rotations-held').map(({ problem }) => problem)

/** What devices make of what was ordered, so long after. */
function answerWith(world: TriggerWorld, standingAfter: (passedMs: number) => string): void {
  world.aws.afterCall = operation => {
    if (operation !== '' && operation !== 'ListJobs') return
    for (const [thing, executions] of world.aws.data.executions)
      for (const { queuedAtMs = 0, ...execution } of executions) {
        const status = standingAfter(world.nowMs - queuedAtMs)
        world.aws.data.setExecution(thing, { ...execution, queuedAtMs, status, updatedAtMs: world.nowMs })
      }
  }
}

/** Each trigger with something to order, and how many rotations it ordered. */
const triggers: [string, (world: TriggerWorld) => Promise<unknown>][] = [
  ['the schedule', async world => world.runSchedule()],
  ['an audit', async world => world.audited('t1', { [ageCheck]: [world.addThing('audited')] })],
  ['an anomaly', async world => world.violated({ thingName: 'old' })],
]

describe('what became of the jobs before', () => {
  test.each(triggers)('%s orders nothing after an aborted job, until that is deleted', async (_, trigger) => {
    const world = new TriggerWorld()
    world.addThing('old')
    const jobId = jobOf('age')
    addJob(world, jobId, ['CANCELED', 'FAILED', 'SUCCEEDED'])
    world.aws.jobs.statuses.set(jobId, 'CANCELED')
    await trigger(world)
    expect(world.ordered).toEqual([])
    expect(held(world)).toEqual([`aborted, because rotations failed, or cancelled by a person: ${jobId}`])
    for (const thing of world.aws.data.executions.keys()) world.aws.data.deleteExecutions(thing)
    await trigger(world)
    expect(world.ordered).toHaveLength(1)
  })

  test.each(triggers)('%s orders nothing where rotations fail', async (_, trigger) => {
    const world = new TriggerWorld()
    world.addThing('old')
    addJob(world, jobOf('audit'), ['FAILED', 'TIMED_OUT', 'REJECTED', ...times(12, 'SUCCEEDED')])
    addJob(world, jobOf('anomaly'), ['FAILED'])
    addJob(world, jobOf('age'), times(3, 'SUCCEEDED'))
    await trigger(world)
    expect(sizes(world)).toEqual([1])
    addJob(world, jobOf('anomaly', 1), ['FAILED'])
    world.addThing('old')
    world.aws.data.deleteExecutions('old')
    world.aws.data.deleteExecutions('audited')
    await trigger(world)
    expect(sizes(world)).toEqual([1])
    const jobs = [jobOf('anomaly'), jobOf('anomaly', 1), jobOf('audit')].join(', ')
    expect(held(world)).toEqual([`5 of 20 rotations did not succeed: ${jobs}`])
  })

  test('less than a fifth that failed is no reason', async () => {
    const world = new TriggerWorld()
    world.addThing('old')
    addJob(world, jobOf('age'), [...times(5, 'FAILED'), ...times(21, 'SUCCEEDED'), ...times(9, 'QUEUED')])
    await world.runSchedule()
    expect(sizes(world)).toEqual([1])
  })

  test('jobs of others, and all but the newest fifty, do not count', async () => {
    const world = new TriggerWorld()
    world.addThing('old')
    addJob(world, 'rotate-the-canaries', times(30, 'FAILED'))
    addJob(world, 'AWSLabsCertificateRotator-age-by-hand', times(30, 'FAILED'))
    addJob(world, jobOf('age', 1_000), times(30, 'FAILED'), 20 * dayMs)
    for (let index = 0; index < 50; index += 1) addJob(world, jobOf('age', index), ['SUCCEEDED'])
    world.aws.jobs.statuses.set('rotate-the-canaries', 'CANCELED')
    await world.runSchedule()
    expect(sizes(world)).toEqual([1])
    expect(world.aws.count('DescribeJob')).toBe(50)
  })

  test('while twenty are in progress, a run of the schedule leaves its things to the next one', async () => {
    const world = new TriggerWorld()
    world.addThing('old')
    addJob(world, jobOf('audit'), times(19, 'IN_PROGRESS'))
    addJob(world, jobOf('age'), ['IN_PROGRESS', ...times(5, 'QUEUED')])
    await world.runSchedule('2026-06-01T00:00:00Z')
    expect(world.ordered).toEqual([])
    expect(world.lines.at(-1)?.event).toBe('rotations-left-to-the-next-run')
    addJob(world, jobOf('age'), ['SUCCEEDED'])
    await world.runSchedule('2026-06-01T00:15:00Z')
    expect(sizes(world)).toEqual([1])
  })

  test('what an abort has cancelled, of whoever’s job, rests for a week; what was removed need not', async () => {
    const world = new TriggerWorld()
    for (const [name, days, status] of [
      ['lately', 6, 'CANCELED'],
      ['long-ago', 8, 'CANCELED'],
      ['taken-out', 6, 'REMOVED'],
    ] as const) {
      world.addThing(name)
      const updatedAtMs = world.nowMs - days * dayMs
      world.aws.data.setExecution(name, {
        jobId: 'canaries',
        executionNumber: 1,
        status,
        document,
        updatedAtMs,
      })
    }
    await world.runSchedule()
    expect(world.ordered.map(names => names.toSorted())).toEqual([['long-ago', 'taken-out']])
    expect(world.leftOut).toEqual(['a rotation of it was cancelled lately'])
  })
})

describe('an audit with three hundred findings', () => {
  test('stops after the first hundred where the component is broken', async () => {
    const world = new TriggerWorld()
    const ids = things(world, 300)
    answerWith(world, passedMs => (passedMs < minuteMs ? 'QUEUED' : 'FAILED'))
    await world.audited('t1', { [ageCheck]: ids })
    expect(sizes(world)).toEqual([100])
    expect(held(world)).toEqual([expect.stringMatching(/^100 of 100 rotations did not succeed/u)])
    await world.audited('t2', { [ageCheck]: ids })
    expect(sizes(world)).toEqual([100])
  })

  test('stops where a component hangs, when time has run out for it', async () => {
    const world = new TriggerWorld()
    const ids = things(world, 300)
    answerWith(world, passedMs =>
      passedMs < minuteMs ? 'QUEUED' : passedMs < 180 * minuteMs ? 'IN_PROGRESS' : 'TIMED_OUT',
    )
    expect(await world.audited('t1', { [ageCheck]: ids })).toBeGreaterThan(20)
    expect(sizes(world)).toEqual([100])
    expect(held(world)).toHaveLength(1)
  })

  test('orders the next hundred when it is known how those before end, and does not wait for who is offline', async () => {
    const world = new TriggerWorld()
    const ids = things(world, 300)
    const orderedAtMs: number[] = []
    answerWith(world, passedMs =>
      passedMs < minuteMs ? 'QUEUED' : passedMs < 10 * minuteMs ? 'IN_PROGRESS' : 'SUCCEEDED',
    )
    const answer = world.aws.afterCall
    world.aws.afterCall = operation => {
      if (operation === 'CreateJob') orderedAtMs.push(world.nowMs)
      answer?.(operation)
    }
    addJob(world, jobOf('age'), times(50, 'QUEUED'), 0)
    await world.audited('t1', { [ageCheck]: ids })
    expect(sizes(world)).toEqual([100, 100, 100])
    for (const [index, atMs] of orderedAtMs.slice(1).entries())
      expect(atMs - (orderedAtMs[index] ?? 0)).toBeGreaterThanOrEqual(10 * minuteMs)
  })
})

describe('anomalies', () => {
  test('that follow a rotation do not order the next one for a day', async () => {
    const world = new TriggerWorld()
    world.addThing('dev1')
    answerWith(world, passedMs => (passedMs < minuteMs ? 'QUEUED' : 'SUCCEEDED'))
    for (const [index, minutes] of [0, 5, 60, 1_439].entries()) {
      world.nowMs = Date.parse('2026-06-01T00:00:00Z') + minutes * minuteMs
      if (index === 1) world.aws.afterCall?.('')
      await world.violated({ thingName: 'dev1', violationId: `violation-${index}` })
    }
    expect(world.ordered).toEqual([['dev1']])
    expect(new Set(world.leftOut)).toEqual(new Set(['a rotation of it has succeeded lately']))
    world.nowMs += 10 * minuteMs
    await world.violated({ thingName: 'dev1', violationId: 'of-the-next-day' })
    expect(world.ordered).toEqual([['dev1'], ['dev1']])
  })

  test('of everything at once, as an outage makes them, order twenty rotations a day and are told', async () => {
    const world = new TriggerWorld()
    things(world, 60)
    const violate = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1)
        await world.violated({ thingName: `thing-${index}`, violationId: `violation-${index}` })
    }
    await violate(0, 30)
    expect(world.ordered).toHaveLength(20)
    expect(held(world)).toEqual(times(10, 'anomalies of more things in a day than are stolen'))
    expect(world.lines.at(-1)).toMatchObject({ level: 'warn', thingName: 'thing-29' })
    world.nowMs += dayMs
    await violate(30, 60)
    expect(world.ordered).toHaveLength(40)
  })
})
