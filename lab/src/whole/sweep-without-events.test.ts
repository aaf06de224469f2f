import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { startCloud } from '@rotator/local-cloud/cloud'
import { test } from 'vitest'
import { iotTemplate } from '../world/artifacts.ts'
import { expectAtRest, rotateBare, rotateInVain } from './bare-rotation.ts'
import { testAlone } from './cloud-test.ts'
import { watchEvents } from './function-events.ts'
import { recordOf } from './rotation.ts'
import { sweepLater } from './sweep-run.ts'

testAlone(
  'C12: with the events of jobs switched off in the account, rotations end by the sweep alone',
  async ({ cloud, expect }) => {
    const { world } = cloud
    const [succeeding, failing] = [await cloud.newDevice(), await cloud.newDevice()]
    await world.clients.iot.send(
      new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB_EXECUTION: { Enabled: false } } }),
    )
    const events = [succeeding, failing].map(({ thingName }) => watchEvents(cloud, thingName))
    await rotateBare(world, succeeding)
    await rotateInVain(world, failing)
    expect(await recordOf(world, succeeding)).toMatchObject({ progress: 'committed' })
    await sweepLater(world)
    await expectAtRest(world, succeeding)
    await expectAtRest(world, failing)
    const seen = events.flatMap(event => event.seen).map(({ word }) => word)
    expect(seen).not.toContain('finish')
    cloud.fired(2)
    expect(cloud.told(succeeding.thingName)).toEqual([])
    expect(cloud.toldCodes(failing)).toEqual(['old-kept'])
  },
)

test('the schedule of the stack runs the sweep, time after time', async ({ expect, onTestFinished }) => {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-schedule-'))
  const templatePath = await iotTemplate()
  // Its minute is two seconds here.
  const cloud = await startCloud({ directory, scheduleScale: 1 / 30 })
  onTestFinished(async () => {
    await cloud.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  const twice = Promise.withResolvers<void>()
  let finished = 0
  cloud.observe(event => {
    if (event.kind !== 'function-log' || !event.line.includes('"message":"sweep-finished"')) return
    finished += 1
    if (finished === 2) twice.resolve()
  })
  await cloud.deploy(templatePath)
  await twice.promise
  expect(finished).toBe(2)
})
