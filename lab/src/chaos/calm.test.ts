import { expect, test } from 'vitest'
import { beyondMemory, untold } from './calm.ts'

const execution = { jobId: 'job-1', thingName: 'thing-1', end: 'failed', wasStarted: true }
const notice = (message: string) => ({
  messageId: '1',
  topicArn: 'topic',
  message,
  publishedAtMs: 0,
  attributes: {},
})

test('an end that is no success must have been told of that thing and that job', () => {
  expect(untold([execution], [notice('thing-1: job job-1 ended FAILED')])).toEqual([])
  expect(untold([execution], [notice('thing-10: job job-1 ended FAILED')])).toEqual([
    'nobody was told that the execution of job-1 on thing-1 ended failed',
  ])
  expect(untold([execution], [notice('thing-1: job job-2 ended FAILED')])).toHaveLength(1)
})

test('a success, what is still open, and what others ended before a device began need not be told', () => {
  const { end: _end, ...open } = execution
  expect(untold([{ ...execution, end: 'succeeded' }, open], [])).toEqual([])
  for (const end of ['canceled', 'removed', 'deleted']) {
    expect(untold([{ ...execution, end, wasStarted: false }], [])).toEqual([])
    expect(untold([{ ...execution, end }], [])).toHaveLength(1)
  }
  expect(untold([{ ...execution, end: 'rejected', wasStarted: false }], [])).toHaveLength(1)
})

test('an end of which nobody was told is beyond memory once eight more of its thing have come', () => {
  const others = (count: number, thingName: string) =>
    Array.from({ length: count }, (_, index) => ({
      jobId: `later-${index}`,
      thingName,
      end: 'succeeded',
      endOrder: index + 1,
      wasStarted: true,
    }))
  const first = { ...execution, endOrder: 0 }
  const seven = [first, ...others(7, 'thing-1'), ...others(8, 'thing-2')]
  expect([untold(seven, []).length, beyondMemory(seven, []).length]).toEqual([1, 0])
  const eight = [first, ...others(8, 'thing-1')]
  expect([untold(eight, []), beyondMemory(eight, [])]).toEqual([[], [first]])
})
