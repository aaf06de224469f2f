import { expect, test } from 'vitest'
import { RotationWorld } from './testing/rotation-world.ts'

test('every line of a decision tells the row of the table that decided, and those that it passed', async () => {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  await world.commit(world.commitEvent(world.new, { turn: 1 }))
  await world.end('succeeded')
  await world.drainAll()
  const decisions = world.lines.filter(({ event }) => event !== 'rotation-started')
  const story = decisions.map(({ event, from, to, row, passed }) => ({ event, from, to, row, passed }))
  expect(story).toEqual([
    { event: 'create-accepted', from: 'none', to: 'created', row: 'create: a rotation begins' },
    {
      event: 'commit-accepted',
      from: 'created',
      to: 'committed',
      row: 'commit: NEW works',
      passed: 'commit: higher turn',
    },
    { event: 'execution-succeeded', from: 'committed', to: 'settled', row: 'ended: SUCCEEDED' },
    { event: 'certificate-deleted', from: 'settled', to: 'settled', row: 'retired' },
  ])
})
