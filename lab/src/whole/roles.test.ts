import { UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { test } from 'vitest'
import { commitDeeds } from '../roles/deeds/commit.ts'
import { createDeeds } from '../roles/deeds/create.ts'
import { finishDeeds } from '../roles/deeds/finish.ts'
import { ownFunctionDeeds, ownTemplate } from '../roles/deeds/own-functions.ts'
import { privateCaDeeds } from '../roles/deeds/private-ca.ts'
import { holdBatches, retireDeeds } from '../roles/deeds/retire.ts'
import { surroundingDeeds } from '../roles/deeds/surroundings.ts'
import { sweepDeeds } from '../roles/deeds/sweep.ts'
import { triggerDeeds } from '../roles/deeds/triggers.ts'
import { type Grant, grantsOf, nameOf } from '../roles/grants.ts'
import { prove } from '../roles/prove.ts'
import { labAuthorityId, privateCaTemplate } from '../world/private-ca.ts'
import { functionNames } from './function-calls.ts'
import { makeTopics, triggersTemplate } from './triggers-template.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** A cloud in which nothing happens but what a deed does. */
async function quietWorld(options: WorldOptions): Promise<World> {
  const world = await openWorld({ component: false, mostInstances: 1, ...options })
  const eventConfigurations = { JOB_EXECUTION: { Enabled: false } }
  await world.clients.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }))
  const queue = world.cloud.services.queues.find(functionNames.retire)
  if (queue !== undefined) queue.attributes.visibilityTimeoutSeconds = 1
  return world
}

/** Backends of every kind that there is, and one more for the sweep: it would work on what the others leave. */
async function openWorlds() {
  const triggers = await triggersTemplate()
  const authority = await privateCaTemplate()
  const usual: WorldOptions = { template: async () => triggers, prepare: makeTopics }
  const [main, swept, byAuthority, byOwn] = await Promise.all([
    quietWorld(usual),
    quietWorld(usual),
    quietWorld({ template: async () => authority }),
    quietWorld({ template: ownTemplate }),
  ])
  return { main, swept, byAuthority, byOwn }
}

/** What a role allows in one backend and not in another. */
function beside(world: World, others: readonly Grant[]): Grant[] {
  const known = new Set(others.map(nameOf))
  return grantsOf(world).filter(grant => !known.has(nameOf(grant)))
}

const handlers = [...createDeeds, ...commitDeeds, ...finishDeeds, ...retireDeeds]

/** Deeds of functions that need one another come one after the other; triggers need nobody. */
async function proveMain(world: World, grants: readonly Grant[]): Promise<Grant[]> {
  const release = holdBatches(world)
  const handled = await Promise.all(
    [handlers, ...triggerDeeds].map(async deeds => prove(world, grants, deeds)),
  )
  release()
  const rest = grants.filter(grant => !handled.flat().includes(grant))
  const stack = await world.cloud.deploy(await triggersTemplate())
  return [...handled.flat(), ...(await prove(world, rest, surroundingDeeds(stack)))]
}

test('A7: without any one action that a role allows, the call is refused by name and the work is not done', {
  timeout: 600_000,
}, async ({ expect, task, onTestFinished }) => {
  const { main, swept, byAuthority, byOwn } = await openWorlds()
  onTestFinished(async () => {
    await Promise.all([main, swept, byAuthority, byOwn].map(async world => world.close()))
  })
  const usual = grantsOf(main)
  const ofAuthority = beside(byAuthority, usual)
  const ofOwn = beside(byOwn, [...usual, ...ofAuthority])
  holdBatches(byAuthority)
  const authority = await byAuthority.cloud.services.privateAuthorities.create({ id: labAuthorityId })
  const proven = await Promise.all([
    proveMain(main, usual),
    prove(swept, grantsOf(swept), sweepDeeds),
    prove(byAuthority, ofAuthority, privateCaDeeds(authority)),
    prove(byOwn, ofOwn, ownFunctionDeeds),
  ])
  const names = [...usual, ...ofAuthority, ...ofOwn].map(nameOf)
  const provenNames = new Set(proven.flat().map(nameOf))
  Object.assign(task.meta, { fired: provenNames.size })
  process.stdout.write(`actions=${names.length} proven=${provenNames.size}\n`)
  expect(names.length).toBeGreaterThan(80)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter(name => !provenNames.has(name))).toEqual([])
})
