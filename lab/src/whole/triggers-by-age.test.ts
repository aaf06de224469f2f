import { jobTemplateId } from '@rotator/protocol/names'
import { until } from './rotation.ts'
import { makeOld, orderedJobs, rotateBy, takeOutOfGroup, triggerTest, watchLog } from './trigger-test.ts'

/** A quarter of an hour is three seconds here. */
const test = triggerTest({ scheduleScale: 1 / 300 })

test('by age: the schedule orders one job for what is old, and no other one before it is ended or after it', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const [old, oldest, young, outside] = [
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
  ]
  await takeOutOfGroup(world, outside)
  const log = watchLog(cloud, 'RotateAged')
  const finished = () => log.of('aged-certificates-looked-at').length
  makeOld(world, old, 400)
  makeOld(world, oldest, 800)
  makeOld(world, young, 300)
  makeOld(world, outside, 500)

  const [job] = await until(
    'a job by age',
    async () => orderedJobs(world, 'age'),
    jobs => jobs.length > 0,
  )
  expect(job).toMatchObject({ things: [oldest.thingName, old.thingName], template: jobTemplateId })
  expect(log.reasonsOf(outside)).toContain('it is no member of core-devices')

  const open = 'a rotation of it is open already'
  await until(
    'a run before the job is ended',
    () => log.reasonsOf(old),
    all => all.includes(open),
  )
  for (const device of [old, oldest]) await rotateBy(world, device, job?.jobId ?? '')

  const before = finished()
  await until('two runs after the job', finished, runs => runs >= before + 2)
  expect(await orderedJobs(world, 'age')).toEqual([job])
})
