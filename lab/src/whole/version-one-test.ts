import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { writeVersionOneStack } from '@rotator/simulation/version-one/backend/write-stack'
import { test as trialTest } from './trial-test.ts'
import { startVersionOneCore } from './version-one-core.ts'
import { inEarlierWords } from './version-one-words.ts'
import { openWorld } from './world.ts'

/** Tests of a core with version 1's component on our backend. */
export const testOldDevice = trialTest
  .extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
    const world = await openWorld({ component: false })
    onCleanup(async () => world.close())
    return world
  })
  .extend('core', async ({ world }, { onCleanup }) => {
    const core = await startVersionOneCore(world)
    onCleanup(async () => core.stop())
    return core
  })
  .extend('earlierCore', async ({ world }, { onCleanup }) => {
    const core = await startVersionOneCore(world, inEarlierWords)
    onCleanup(async () => core.stop())
    return core
  })

/** Tests of our component on version 1's backend, deployed from a template of its own. */
export const testOldBackend = trialTest.extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
  const world = await openWorld({
    template: async folder => {
      const assembly = join(folder, 'version-one')
      mkdirSync(assembly)
      return writeVersionOneStack(assembly)
    },
  })
  onCleanup(async () => world.close())
  // Version 1's stack has a custom resource for it.
  const eventConfigurations = { JOB_EXECUTION: { Enabled: true } }
  await world.clients.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }))
  await world.cloud.services.functions.warm()
  return world
})
