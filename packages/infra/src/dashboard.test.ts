import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { synthesized } from './testing/synthesized.ts'

const dashboards = Object.values(synthesized().template.findResources('AWS::CloudWatch::Dashboard'))
const parts: unknown[] = dashboards[0]?.Properties.DashboardBody['Fn::Join'][1]
/** As CloudWatch gets it, but for what is known only at deployment. */
const body: { widgets: { properties: { title: string } }[] } = JSON.parse(
  parts.map(part => (typeof part === 'string' ? part : 'unknown')).join(''),
)
const backend = fileURLToPath(new URL('../../backend/src/', import.meta.url))

test('there is one dashboard, with what operators ask first', () => {
  expect(dashboards).toHaveLength(1)
  expect(dashboards[0]?.Properties.DashboardName).toBe('AWSLabsCertificateRotator')
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
