import { snsEventOf, TriggerWorld } from '@rotator/backend/testing/trigger-world'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { isThingName, jsonOrNothing } from '../shapes.ts'

const violation = {
  violationId: '37e18651d207bbc74236c13faf146127',
  thingName: 'dev1',
  securityProfileName: 'cores',
  violationEventType: 'in-alarm',
  violationEventTime: 1_780_000_000_000,
}

const types = ['in-alarm', 'alarm-cleared', 'alarm-invalidated']

/** What comes by the topic of a security profile, on which anybody of the account may speak. */
export const violationMessage: Target = {
  name: 'violation',
  isSlow: true,
  mutate: jsonOf([...Object.keys(violation), ...types, 'dev1', 'sensor', 'nobody']),
  async execute(input) {
    const world = new TriggerWorld()
    world.addThing('dev1')
    world.addThing('sensor', { group: 'sensors' })
    const text = input.toString()
    await world.anomaly(snsEventOf(text))
    const told = Object(jsonOrNothing(text)) as Record<string, unknown>
    const { violationId, thingName, securityProfileName, violationEventType } = told
    const isWhole =
      typeof violationId === 'string' &&
      /^[a-zA-Z0-9-]{1,128}$/u.test(violationId) &&
      isThingName(thingName) &&
      typeof securityProfileName === 'string' &&
      types.some(type => type === violationEventType)
    const isDue = isWhole && thingName === 'dev1' && violationEventType === 'in-alarm'
    claim(world.ordered.length === (isDue ? 1 : 0), `${world.ordered.length} jobs were ordered`)
    claim(
      world.ordered.flat().every(name => name === 'dev1'),
      'another thing was ordered than the one named',
    )
    const isLeftAlone = world.lines.some(({ event }) => event === 'notification-not-understood')
    claim(isLeftAlone !== isWhole, isWhole ? 'a violation was not understood' : 'something else was taken')
    return isWhole
      ? `${String(violationEventType)} ordered ${world.ordered.length} ${world.leftOut.length}`
      : 'left'
  },
  seeds: () => ({
    'in-alarm': JSON.stringify(violation),
    cleared: JSON.stringify({ ...violation, violationEventType: 'alarm-cleared' }),
    'of-another-group': JSON.stringify({ ...violation, thingName: 'sensor' }),
    'of-nobody': JSON.stringify({ ...violation, thingName: 'nobody' }),
  }),
}
