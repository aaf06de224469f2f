import { invalidRequest } from '../api/aws-error.ts'
import { optionalBoolean, optionalObject } from '../api/input.ts'
import type { RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'

/** The kinds of event messages that AWS IoT knows, all off in a new account. */
const eventTypes = [
  'THING',
  'THING_GROUP',
  'THING_TYPE',
  'THING_GROUP_MEMBERSHIP',
  'THING_GROUP_HIERARCHY',
  'THING_TYPE_ASSOCIATION',
  'JOB',
  'JOB_EXECUTION',
  'POLICY',
  'CERTIFICATE',
  'CA_CERTIFICATE',
] as const

export type EventType = (typeof eventTypes)[number]

/** Which event messages `$aws/events/…` the account wants. */
export interface EventConfigurations {
  isEnabled(type: EventType): boolean
  readonly operations: RestOperation[]
}

/** Account-wide and persistent: an update changes the event types that it names and no other. */
export function createEventConfigurations(deps: { clock: Clock }): EventConfigurations {
  const enabled = new Map<EventType, boolean>(eventTypes.map(type => [type, false]))
  let creationDate: number | undefined
  let lastModifiedDate: number | undefined

  function update(body: Readonly<Record<string, unknown>>): void {
    const changes = parseChanges(body)
    for (const [type, value] of changes) enabled.set(type, value)
    lastModifiedDate = deps.clock.now() / 1000
    creationDate ??= lastModifiedDate
  }

  return {
    isEnabled: type => enabled.get(type) ?? false,
    operations: [
      {
        service: 'iot',
        name: 'DescribeEventConfigurations',
        method: 'GET',
        path: '/event-configurations',
        handle: () => ({
          eventConfigurations: Object.fromEntries([...enabled].map(([type, on]) => [type, { Enabled: on }])),
          creationDate,
          lastModifiedDate,
        }),
      },
      {
        service: 'iot',
        name: 'UpdateEventConfigurations',
        method: 'PATCH',
        path: '/event-configurations',
        handle: call => {
          update(call.body)
          return {}
        },
      },
    ],
  }
}

function parseChanges(body: Readonly<Record<string, unknown>>): [EventType, boolean][] {
  const named = optionalObject(body, 'eventConfigurations') ?? {}
  return Object.keys(named).map(name => {
    const type = eventTypes.find(known => known === name)
    if (type === undefined)
      throw invalidRequest(`'${name}' is no event type; the event types are ${eventTypes.join(', ')}`)
    const configuration = optionalObject(named, name) ?? {}
    return [type, optionalBoolean(configuration, 'Enabled') ?? false]
  })
}
