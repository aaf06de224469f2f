import { Metrics } from '@aws-lambda-powertools/metrics'
import { expect, test, vi } from 'vitest'
import { metricNamespace } from './metric-names.ts'
import { powertoolsReport } from './powertools-report.ts'

function recording() {
  const lines: unknown[][] = []
  const metrics: unknown[] = []
  const log = (level: string) => (message: unknown, facts: unknown) =>
    void lines.push([level, message, facts])
  const singleMetric = () => {
    const metric = new Metrics({ namespace: metricNamespace, serviceName: 'test' })
    const dimensions: Record<string, string> = {}
    metric.addDimension = (name, value) => {
      dimensions[name] = value
      return metric
    }
    metric.addMetric = (name, unit, value) => {
      metrics.push({ name, unit, value, dimensions })
      return metric
    }
    return metric
  }
  return {
    lines,
    metrics,
    tools: {
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
      metrics: { singleMetric },
    },
  }
}

test('a line is logged at its level and counted by its event and code', () => {
  const { lines, metrics, tools } = recording()
  const report = powertoolsReport('create-certificate', tools)
  report({ level: 'warn', event: 'create-rejected', thingName: 'dev1', code: 'TRY_LATER' })
  report({ level: 'info', event: 'create-accepted', thingName: 'dev1' })
  expect(lines).toEqual([
    ['warn', 'create-rejected', { event: 'create-rejected', thingName: 'dev1', code: 'TRY_LATER' }],
    ['info', 'create-accepted', { event: 'create-accepted', thingName: 'dev1' }],
  ])
  expect(metrics).toEqual([
    { name: 'create-rejected', unit: 'Count', value: 1, dimensions: { code: 'TRY_LATER' } },
    { name: 'create-accepted', unit: 'Count', value: 1, dimensions: {} },
  ])
})

test('a duration is a metric of its own, whatever code the event has', () => {
  const { metrics, tools } = recording()
  const report = powertoolsReport('commit-certificate', tools)
  report({ level: 'info', event: 'commit-accepted', durationMs: 81_500 })
  expect(metrics).toEqual([
    { name: 'commit-accepted', unit: 'Count', value: 1, dimensions: {} },
    { name: 'rotation-duration', unit: 'Milliseconds', value: 81_500, dimensions: {} },
  ])
})

test('what failed on a device is counted by the device’s code, not by what follows in the cloud', () => {
  const { metrics, tools } = recording()
  const report = powertoolsReport('finish-rotation', tools)
  report({ level: 'warn', event: 'execution-failed', code: 'old-kept', failureCode: 'STORAGE_FAILED' })
  expect(metrics).toMatchObject([{ name: 'execution-failed', dimensions: { code: 'STORAGE_FAILED' } }])
})

test('Powertools writes line and metric to the output, each with the name of the service', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  powertoolsReport('create-certificate')({ level: 'info', event: 'create-accepted', thingName: 'dev1' })
  const written = write.mock.calls.map(([text]) => String(text))
  write.mockRestore()
  expect(written.map(text => JSON.parse(text))).toMatchObject([
    { level: 'INFO', service: 'create-certificate', message: 'create-accepted', thingName: 'dev1' },
    {
      service: 'create-certificate',
      'create-accepted': 1,
      _aws: { CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [['service']] }] },
    },
  ])
})
