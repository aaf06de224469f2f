import { jobTemplateId } from '@rotator/protocol/names'
import { cloudTest } from './cloud-test.ts'
import { until } from './rotation.ts'
import {
  dayMs,
  makeTopics,
  orderedJobs,
  reasonsOf,
  registeredOf,
  rotateBy,
  takeOutOfGroup,
  triggersTemplate,
  watchLines,
} from './trigger-test.ts'

/** A quarter of an hour is three seconds here. */
const test = cloudTest({ template: triggersTemplate, prepare: makeTopics, scheduleScale: 1 / 300 })

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
  const lines = watchLines(cloud, 'RotateAged')
  const finished = () => lines.filter(({ message }) => message === 'aged-certificates-looked-at').length
  const nowMs = Date.now()
  const ages = [400, 800, 300, 500]
  for (const [index, device] of [old, oldest, young, outside].entries())
    registeredOf(world, device).createdAt = nowMs - (ages[index] ?? 0) * dayMs

  const [job] = await until(
    'a job by age',
    async () => orderedJobs(world, 'age'),
    jobs => jobs.length > 0,
  )
  expect(job).toMatchObject({ things: [oldest.thingName, old.thingName], template: jobTemplateId })
  expect(reasonsOf(lines, outside.thingName)).toContain('it is no member of core-devices')

  const open = 'a rotation of it is open already'
  await until(
    'a run before the job is ended',
    () => reasonsOf(lines, old.thingName),
    all => all.includes(open),
  )
  for (const device of [old, oldest]) await rotateBy(world, device, job?.jobId ?? '')

  const before = finished()
  await until('two runs after the job', finished, runs => runs >= before + 2)
  expect(await orderedJobs(world, 'age')).toEqual([job])
})
