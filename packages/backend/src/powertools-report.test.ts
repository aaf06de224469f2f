import { Metrics } from '@aws-lambda-powertools/metrics'
import { expect, test, vi } from 'vitest'
import { metricNamespace, powertoolsReport } from './powertools-report.ts'

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
