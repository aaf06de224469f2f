import { stackName } from '@rotator/protocol/names'
import type { CloudTrials } from './cloud-test.ts'
import { audit, enableAudits, repeatLast, suppressAge, watchThings, weakThing } from './defender-test.ts'
import { internalFailure } from './function-calls.ts'
import { cancel, until } from './rotation.ts'
import {
  dayMs,
  letGo,
  makeOld,
  orderedJobs,
  registeredOf,
  rotateBy,
  type TriggerLog,
  takeOutOfGroup,
  triggerTest,
  watchLog,
} from './trigger-test.ts'

const test = triggerTest().extend('violate', { scope: 'file' }, async ({ world }) => watchThings(world))

const isOpen = 'a rotation of it is open already'

/** Waits for the n-th line of its kind. */
async function logged(log: TriggerLog, message: string, times = 1): Promise<void> {
  await until(
    `${message} for the ${times}. time`,
    () => log.of(message).length,
    count => count >= times,
  )
}

test('by audits: one job for the findings of all checks, and no other one for them however often they are told', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const [aged, outside, excused] = [await cloud.newDevice(), await cloud.newDevice(), await cloud.newDevice()]
  await weakThing(world, 'weak')
  await takeOutOfGroup(world, outside)
  for (const device of [aged, outside, excused]) makeOld(world, device, 400)
  registeredOf(world, aged).notAfter = Date.now() + 10 * dayMs
  await suppressAge(world, excused.identity.certificateId, 'a-token-of-this-test')
  await enableAudits(world)
  const { audits } = world.cloud.services.deviceDefender
  audits.mostListed = 1
  const log = watchLog(cloud, 'RotateAudited')
  const sayAgain = repeatLast(cloud, 'audits')

  await audit(world)
  await logged(log, 'audit-seen-to')
  const [first, ...others] = await orderedJobs(world, 'audit')
  expect([first?.things.toSorted(), others]).toEqual([[aged.thingName, 'weak'].toSorted(), []])
  expect(log.reasonsOf(outside)).toEqual(['it is no member of core-devices'])

  await cancel(world, first?.jobId ?? '')

  await audit(world)
  await logged(log, 'rotations-held')
  expect(log.of('rotations-held')[0]?.problem).toContain(first?.jobId)
  expect(await orderedJobs(world, 'audit')).toEqual([first])

  await letGo(world, first?.jobId ?? '')
  await audit(world)
  await logged(log, 'audit-seen-to', 2)
  const [second] = await orderedJobs(world, 'audit')
  expect(second?.things.toSorted()).toEqual(first?.things.toSorted())
  sayAgain()
  await logged(log, 'audit-seen-to', 3)
  expect(await orderedJobs(world, 'audit')).toEqual([second])
  await rotateBy(world, aged, second?.jobId ?? '')
})

test('by anomalies: a thing is rotated once for each violation', async ({ cloud, violate, expect }) => {
  const { world } = cloud
  const [device, outside] = [await cloud.newDevice(), await cloud.newDevice()]
  await takeOutOfGroup(world, outside)
  const log = watchLog(cloud, 'RotateAnomalous')
  const sayAgain = repeatLast(cloud, 'anomalies')

  const violation = violate(device.thingName)
  await logged(log, 'rotations-ordered')
  const [first] = await orderedJobs(world, 'anomaly')
  expect(first?.things).toEqual([device.thingName])
  sayAgain()
  await until(
    'the second telling',
    () => log.reasonsOf(device),
    all => all.includes(isOpen),
  )

  await rotateBy(world, device, first?.jobId ?? '')
  sayAgain()
  const rests = 'a rotation of it has succeeded lately'
  await until(
    'the third telling',
    () => log.reasonsOf(device),
    all => all.includes(rests),
  )
  violation.clear()
  violate(outside.thingName)
  await until(
    'the one of a stranger',
    () => log.reasonsOf(outside),
    ({ length }) => length > 0,
  )
  expect(await orderedJobs(world, 'anomaly')).toEqual([first])

  violate(device.thingName)
  await until(
    'a violation that may come of the rotation',
    () => log.reasonsOf(device),
    all => all.filter(reason => reason === rests).length === 2,
  )
  expect(await orderedJobs(world, 'anomaly')).toEqual([first])
})

test('a component that is broken for all stops every trigger, until an operator lets them go on', async ({
  cloud,
  violate,
  expect,
}) => {
  const { world } = cloud
  const held = watchLog(cloud, 'RotateAnomalous')
  const devices = [
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
  ]
  const ordered: string[] = []
  for (const device of devices) {
    violate(device.thingName)
    const [job] = await until(
      'its job',
      async () =>
        (await orderedJobs(world, 'anomaly')).filter(({ things }) => things.includes(device.thingName)),
      ({ length }) => length > 0,
    )
    ordered.push(job?.jobId ?? '')
    await device.report(job?.jobId ?? '', 'FAILED', { phase: 'ask' })
  }
  const { thingName, jobs } = await newThing(cloud)
  violate(thingName)
  await logged(held, 'rotations-held')
  const problem = held.of('rotations-held')[0]?.problem
  expect(problem).toMatch(/^5 of [5-9] rotations did not succeed: /u)
  expect(await jobs()).toEqual([])

  for (const jobId of ordered) {
    expect(problem).toContain(jobId)
    await letGo(world, jobId)
  }
  const again = await newThing(cloud)
  violate(again.thingName)
  await until('the next order', again.jobs, ({ length }) => length === 1)
})

/** A new thing that is going to behave as it should not, and the jobs that come of it. */
async function newThing(cloud: CloudTrials) {
  const { thingName } = await cloud.newDevice()
  const jobs = async () =>
    (await orderedJobs(cloud.world, 'anomaly')).filter(({ things }) => things.includes(thingName))
  return { thingName, jobs }
}

test('a function that dies as it has ordered orders no second time', async ({ cloud, violate, expect }) => {
  const log = watchLog(cloud, 'RotateAnomalous')
  const { thingName, jobs } = await newThing(cloud)
  const death = cloud.world.cloud.killAtCall({
    functionName: `${stackName}RotateAnomalous`,
    callNumber: 1,
    when: 'after',
    matches: ({ name }) => name === 'CreateJob',
  })
  violate(thingName)
  await death.fired
  await until(
    'the next try',
    () => log.reasonsOf({ thingName }),
    all => all.includes(isOpen),
  )
  expect(await jobs()).toHaveLength(1)
})

test('an order whose answer is lost is given again by the SDK, and makes one job', async ({
  cloud,
  violate,
  expect,
}) => {
  const log = watchLog(cloud, 'RotateAnomalous')
  const { thingName, jobs } = await newThing(cloud)
  let tries = 0
  cloud.after(
    cloud.world.cloud.api.interfere(({ name }) => {
      if (name !== 'CreateJob') return undefined
      tries += 1
      return tries === 1 ? { when: 'after', answer: internalFailure } : undefined
    }),
  )
  violate(thingName)
  await logged(log, 'job-there-already')
  expect(tries).toBe(2)
  expect(await jobs()).toHaveLength(1)
})
