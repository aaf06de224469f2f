import { RotationWorld } from '@rotator/backend/testing/rotation-world'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { claimConnected, claimReplies, eventIn, speaksForDev1 } from './rule-world.ts'

const said = {
  jobId: 'J1',
  executionNumber: 1,
  certificateId: '<new>',
  turn: 0,
  thingName: 'dev1',
  topic: 'awslabs/things/dev1/certificate/commit',
  clientId: 'dev1',
  principal: '<new>',
}

/** The event with which the rule of commit calls its function, after a certificate was issued. */
export const commitEvent: Target = {
  name: 'commit-event',
  isSlow: true,
  mutate: jsonOf([...Object.keys(said), ...Object.values(said).map(String), '<old>', 'dev1#2', 'confirmed']),
  async execute(input) {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.aws.data.published.length = 0
    const event = eventIn(world, input)
    await world.commit(event)
    claimConnected(world)
    claim(world.usable.includes(world.new), 'the new certificate was deactivated or detached')
    const outcome = claimReplies(world, event, 'commit')
    const { progress } = world.record
    if (progress === 'created') return outcome
    const { jobId, executionNumber, principal, certificateId, confirmed } = Object(event)
    claim(speaksForDev1(Object(event)), 'a stranger moved the record')
    claim(jobId === 'J1' && [1, undefined].includes(executionNumber), 'another job moved the record')
    claim([undefined, principal].includes(certificateId), 'a device that is mistaken moved the record')
    const mover = progress === 'abandoned' ? world.old : world.new
    claim(principal === mover, `the record became ${String(progress)} by another certificate`)
    claim(progress !== 'settled' || confirmed === true, 'the record was settled without being confirmed')
    return outcome
  },
  seeds: () => ({
    'by-new': JSON.stringify(said),
    'by-old': JSON.stringify({ ...said, certificateId: '<old>', principal: '<old>', turn: 1 }),
    confirmed: JSON.stringify({ ...said, confirmed: true }),
    version1: JSON.stringify({
      ...said,
      executionNumber: undefined,
      certificateId: undefined,
      turn: undefined,
    }),
    mistaken: JSON.stringify({ ...said, principal: '<old>' }),
  }),
}
