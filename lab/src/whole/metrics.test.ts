import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { metricNamespace } from '@rotator/backend/metric-names'
import { begin, commit, create, fail, rotateToRest } from './bare-rotation.ts'
import { test } from './cloud-test.ts'
import { until } from './rotation.ts'
import type { World } from './world.ts'

/** A line in CloudWatch's embedded metric format: AWS makes metrics of it, whoever reads the log. */
interface Embedded {
  _aws: {
    CloudWatchMetrics: {
      Namespace: string
      Dimensions: string[][]
      Metrics: { Name: string; Unit: string }[]
    }[]
  }
  [name: string]: unknown
}

const isEmbedded = (line: string): boolean => line.startsWith('{') && line.includes('"CloudWatchMetrics"')

/** What CloudWatch would count: `name{dimension=value,…}`, and the value. */
function metricsOf({ folder }: World): Map<string, number[]> {
  const counted = new Map<string, number[]>()
  const logs = globSync(join(folder, 'cloud/**/*.log')).map(file => readFileSync(file, 'utf8'))
  for (const line of logs.join('\n').split('\n').filter(isEmbedded)) {
    const embedded = JSON.parse(line) as Embedded
    for (const { Namespace, Dimensions, Metrics } of embedded._aws.CloudWatchMetrics) {
      if (Namespace !== metricNamespace) continue
      const dimensions = (Dimensions[0] ?? []).toSorted().map(name => `${name}=${String(embedded[name])}`)
      for (const { Name } of Metrics) {
        const key = `${Name}{${dimensions.join(',')}}`
        counted.set(key, [...(counted.get(key) ?? []), Number(embedded[Name])])
      }
    }
  }
  return counted
}

test('the deployed functions write the metrics that the dashboard shows', async ({ cloud, expect }) => {
  const { world } = cloud
  const [rotating, failing, held] = [
    await cloud.newDevice(),
    await cloud.newDevice(),
    await cloud.newDevice(),
  ]
  await rotateToRest(world, rotating)
  const failed = await begin(world, failing)
  await create(failing, failed)
  await fail(failing, failed)
  const kept = await begin(world, held)
  await held.use(await create(held, kept))
  await commit(held, kept)
  world.cloud.services.jobs.timeOut(held.thingName, kept.jobId)
  const metrics = await until(
    'the metric of a held rotation',
    () => metricsOf(world),
    counted => counted.has('rotation-held{service=finish-rotation}'),
  )
  expect(metrics.get('rotation-started{service=create-certificate}')).toEqual([1, 1, 1])
  expect(metrics.get('execution-succeeded{service=finish-rotation}')).toEqual([1])
  expect(metrics.get('execution-failed{code=NEW_IDENTITY_REFUSED,service=finish-rotation}')).toEqual([1])
  const durations = metrics.get('rotation-duration{service=commit-certificate}') ?? []
  expect(durations).toHaveLength(2)
  for (const ms of durations) expect(ms).toBeGreaterThanOrEqual(0)
})
