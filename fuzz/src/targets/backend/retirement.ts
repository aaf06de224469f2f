import { RotationWorld } from '@rotator/backend/testing/rotation-world'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

const order = {
  thingName: 'dev1',
  certificateId: '<old>',
  why: 'decided',
  step: 'deactivate',
  notBeforeMs: 0,
  attempt: 0,
}

/** A message of the queue of certificates to retire, after a whole rotation: only OLD may go. */
export const retirement: Target = {
  name: 'retirement',
  isSlow: true,
  mutate: jsonOf([
    ...Object.keys(order),
    ...Object.values(order).map(String),
    ...'<new> <stranger> delete never-attached'.split(' '),
  ]),
  async execute(input) {
    const world = new RotationWorld()
    await world.rotate()
    world.aws.messaging.queue = []
    const stranger = world.addCertificate()
    const body = input
      .toString()
      .replaceAll('<old>', world.old)
      .replaceAll('<new>', world.new)
      .replaceAll('<stranger>', stranger)
    const { batchItemFailures } = await world.retire({ Records: [{ messageId: 'm', body }] })
    claim(world.usable.includes(world.new), 'the certificate in use was retired')
    claim(world.usable.includes(stranger), 'a certificate that no rotation made was retired')
    const isGone = !world.usable.includes(world.old)
    const { thingName, certificateId } = Object(jsonOrNothing(body))
    claim(
      !isGone || (thingName === 'dev1' && certificateId === world.old),
      'OLD was retired without an order',
    )
    claim(!isGone || batchItemFailures.length === 0, 'it was done, and it is to come again')
    return `${isGone ? 'retired' : 'left'} failed ${batchItemFailures.length} queued ${world.aws.messaging.queue.length} ${world.lines.at(-1)?.event}`
  },
  seeds: () => ({
    deactivate: JSON.stringify(order),
    delete: JSON.stringify({ ...order, step: 'delete', attempt: 3 }),
    'never-attached': JSON.stringify({ ...order, why: 'never-attached', certificateId: '<stranger>' }),
    kept: JSON.stringify({ ...order, certificateId: '<new>' }),
    later: JSON.stringify({ ...order, notBeforeMs: 4_102_444_800_000 }),
  }),
}
