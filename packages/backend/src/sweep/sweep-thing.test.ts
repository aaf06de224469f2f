import type { EndedEvent } from '@rotator/rotation/record/events'
import { expect, test } from 'vitest'
import { job, RotationWorld, thing } from '../testing/rotation-world.ts'
import { sweepThing } from './sweep-thing.ts'

const ended = (status: EndedEvent['status']): EndedEvent => ({
  kind: 'ended',
  execution: { jobId: job, executionNumber: 1 },
  status,
})

test('M14: an end whose event was lost is settled, and the operators are told', async () => {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  world.setExecution(1, 'TIMED_OUT')
  await sweepThing(world.ports, thing, [ended('TIMED_OUT')])
  await world.drain()
  expect(world.usable).toEqual([world.old])
  expect(world.aws.messaging.notifications).toMatchObject([{ attributes: { code: 'old-kept' } }])
})

test('M14: the end of the last job ever is told, also where no certificate was made', async () => {
  const world = new RotationWorld()
  await sweepThing(world.ports, thing, [ended('FAILED')])
  expect(world.aws.messaging.notifications).toMatchObject([
    { attributes: { code: 'ended-without-certificate' } },
  ])
})

test('C20: what finish could not queue any more is queued again', async () => {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  await world.commit(world.commitEvent(world.new))
  world.aws.failAlways('SendMessageBatch')
  await expect(world.end('succeeded')).rejects.toThrow()
  expect(world.record).toMatchObject({ progress: 'settled', retiring: [world.old] })
  world.aws.recover()
  await sweepThing(world.ports, thing, [ended('SUCCEEDED')])
  await world.drain()
  expect(world.usable).toEqual([world.new])
})

test('where nothing was lost nothing happens', async () => {
  const world = new RotationWorld()
  await world.rotate()
  await world.drain()
  const calls = world.aws.calls.length
  await sweepThing(world.ports, thing, [ended('SUCCEEDED')])
  expect(world.aws.calls.slice(calls)).toEqual(['GetThingShadow'])
  expect(world.aws.messaging.notifications).toEqual([])
})
