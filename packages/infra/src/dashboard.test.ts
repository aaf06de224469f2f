import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { synthesized } from './testing/synthesized.ts'

interface Widget {
  properties: { title: string; metrics: unknown[][]; setPeriodToTimeRange?: boolean }
}

/** As CloudWatch gets it, but for what is known only at deployment. */
function dashboardOf(context: Record<string, string> = {}): { name: unknown; body: string } {
  const found = Object.values(synthesized(context).template.findResources('AWS::CloudWatch::Dashboard'))
  expect(found).toHaveLength(1)
  const parts: unknown[] = found[0]?.Properties.DashboardBody['Fn::Join'][1]
  const body = parts.map(part => (typeof part === 'string' ? part : 'unknown')).join('')
  return { name: found[0]?.Properties.DashboardName, body }
}

const { name, body: text } = dashboardOf()
const body: { widgets: Widget[] } = JSON.parse(text)
const backend = fileURLToPath(new URL('../../backend/src/', import.meta.url))

test('there is one dashboard in a region, with what operators ask first', () => {
  expect(name).toEqual({ 'Fn::Join': ['', ['AWSLabsCertificateRotator-', { Ref: 'AWS::Region' }]] })
  expect(body.widgets.map(({ properties }) => properties.title)).toEqual([
    'Rotations',
    'Rotations',
    'Failed, by code',
    'Duration, from the start of the execution to the commit',
    'Refused, by code',
    'Held: both certificates are kept until the device says which',
    'Certificates waiting to be retired',
    'What could not be handled, and waits for a person',
    'Functions that failed or were throttled',
  ])
})

test('every event that it counts is one that the backend reports', () => {
  const shown = [...JSON.stringify(body).matchAll(/MetricName=[\\"]+([a-z-]+)/gu)].map(([, event]) => event)
  expect(new Set(shown).size).toBeGreaterThan(6)
  const sources = readdirSync(backend, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map(path => readFileSync(`${backend}${path}`, 'utf8'))
    .join('\n')
  // Two kinds of events are named after what happened: the end of an execution, and an answer to a device.
  const isReported = (event: string | undefined): boolean =>
    sources.includes(`event: '${event}'`) ||
    /^execution-(?:succeeded|failed|timed-out)$/u.test(event ?? '') ||
    /^(?:create|commit)-(?:accepted|rejected)$/u.test(event ?? '')
  expect(shown.filter(event => !isReported(event))).toEqual([])
})

test('the numbers count all of the time that is shown, not its last five minutes', () => {
  const [numbers] = body.widgets
  expect(numbers?.properties.setPeriodToTimeRange).toBe(true)
  expect(numbers?.properties.metrics).toHaveLength(5)
  // Whoever names a period in a search has that, whatever the widget says.
  for (const metric of numbers?.properties.metrics ?? [])
    expect(JSON.stringify(metric)).toMatch(/SEARCH\('[^']+', 'Sum'\)/u)
})

test('errors of every function are shown, also of those that order rotations, where there are such', () => {
  const topic = (word: string) => `arn:aws:sns:eu-west-1:123456789012:${word}`
  const all = {
    TriggerThingGroup: 'cores',
    TriggerAfterDays: '365',
    TriggerAuditTopicArn: topic('audits'),
    TriggerAnomalyTopicArn: topic('anomalies'),
  }
  const shown = (context: Record<string, string>, word: string) =>
    dashboardOf(context).body.includes(`AWSLabsCertificateRotator${word}"`)
  for (const word of ['RotateAged', 'RotateAudited', 'RotateAnomalous'])
    expect([word, shown({}, word), shown(all, word)]).toEqual([word, false, true])
  const aged = { TriggerThingGroup: 'cores', TriggerAfterDays: '365' }
  expect([shown(aged, 'RotateAged'), shown(aged, 'RotateAudited')]).toEqual([true, false])
})
