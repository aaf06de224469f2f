import { describe, expect, test } from 'vitest'
import { AwsError } from '../api/aws-error.ts'
import { callOperation } from '../testing/call-operation.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { createEventConfigurations } from './event-configurations.ts'

function setUp() {
  const clock = new ManualClock()
  const configurations = createEventConfigurations({ clock })
  const update = (eventConfigurations: unknown) =>
    callOperation(configurations.operations, 'UpdateEventConfigurations', { body: { eventConfigurations } })
  const describeAll = () => callOperation(configurations.operations, 'DescribeEventConfigurations')
  return { clock, configurations, update, describeAll }
}

describe('event configurations', () => {
  test('every event type is off in a new account', () => {
    const { configurations, describeAll } = setUp()
    expect(configurations.isEnabled('JOB_EXECUTION')).toBe(false)
    expect(describeAll()).toMatchObject({
      eventConfigurations: {
        JOB: { Enabled: false },
        JOB_EXECUTION: { Enabled: false },
        THING: { Enabled: false },
      },
    })
  })

  test('an update changes only the event types that it names', () => {
    const { configurations, update } = setUp()
    update({ JOB: { Enabled: true } })
    update({ JOB_EXECUTION: { Enabled: true } })
    expect(configurations.isEnabled('JOB')).toBe(true)
    expect(configurations.isEnabled('JOB_EXECUTION')).toBe(true)
    update({ JOB: { Enabled: false } })
    expect(configurations.isEnabled('JOB')).toBe(false)
    expect(configurations.isEnabled('JOB_EXECUTION')).toBe(true)
  })

  test('the dates of the first and of the last change are told in seconds', () => {
    const { clock, update, describeAll } = setUp()
    const created = clock.now() / 1000
    update({ JOB: { Enabled: true } })
    clock.advance(5000)
    update({ JOB: { Enabled: false } })
    expect(describeAll()).toMatchObject({ creationDate: created, lastModifiedDate: created + 5 })
  })

  test('an unknown event type is refused and nothing changes', () => {
    const { configurations, update } = setUp()
    expect(() => update({ JOB: { Enabled: true }, JOBS: { Enabled: true } })).toThrow(AwsError)
    expect(configurations.isEnabled('JOB')).toBe(false)
  })

  test('a value that is no boolean is refused', () => {
    const { update } = setUp()
    expect(() => update({ JOB: { Enabled: 'yes' } })).toThrow(/must be a boolean/)
  })
})
