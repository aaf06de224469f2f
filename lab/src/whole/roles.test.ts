import { UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { test as plainTest } from 'vitest'
import type { Deed } from '../roles/deed.ts'
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
import { makeTopics, triggersTemplate } from './trigger-test.ts'
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

/** With everything that can be chosen, but for a private authority. */
async function proveUsual(): Promise<{ grants: Grant[]; proven: Grant[] }> {
  const world = await quietWorld({ template: triggersTemplate, prepare: makeTopics })
  try {
    const grants = grantsOf(world)
    const release = holdBatches(world)
    // It looks at everything that the others leave, and does its work on it.
    const swept = await prove(world, grants, sweepDeeds)
    const rotating = [...createDeeds, ...commitDeeds, ...finishDeeds, ...retireDeeds]
    const handled = await Promise.all([
      prove(world, grants, rotating),
      ...triggerDeeds.map(async deeds => prove(world, grants, deeds)),
    ])
    release()
    const stack = await world.cloud.deploy(await triggersTemplate())
    const first = [...swept, ...handled.flat()]
    const rest = grants.filter(grant => !first.includes(grant))
    return { grants, proven: [...first, ...(await prove(world, rest, surroundingDeeds(stack)))] }
  } finally {
    await world.close()
  }
}

/** What functions are allowed besides, in a backend that was made otherwise. */
async function proveMore(
  options: WorldOptions,
  known: readonly Grant[],
  deedsIn: (world: World) => Promise<readonly Deed[]>,
): Promise<{ grants: Grant[]; proven: Grant[] }> {
  const names = new Set(known.map(nameOf))
  const world = await quietWorld(options)
  try {
    const deeds = await deedsIn(world)
    const release = holdBatches(world)
    const grants = grantsOf(world).filter(grant => !names.has(nameOf(grant)))
    const proven = await prove(world, grants, deeds)
    release()
    return { grants, proven: [...proven] }
  } finally {
    await world.close()
  }
}

plainTest(
  'A7: without any one action that a role allows, the call is refused by name and the work is not done',
  { timeout: 600_000 },
  async ({ expect, task }) => {
    const usual = await proveUsual()
    const byAuthority = await proveMore({ template: privateCaTemplate }, usual.grants, async ({ cloud }) =>
      privateCaDeeds(await cloud.services.privateAuthorities.create({ id: labAuthorityId })),
    )
    const known = [...usual.grants, ...byAuthority.grants]
    const byOwn = await proveMore({ template: ownTemplate }, known, async () => ownFunctionDeeds)
    const grants = [...known, ...byOwn.grants]
    const proven = [...usual.proven, ...byAuthority.proven, ...byOwn.proven]
    Object.assign(task.meta, { fired: proven.length })
    process.stdout.write(`actions=${grants.length} proven=${proven.length}\n`)
    expect(grants.length).toBeGreaterThan(80)
    expect(grants.filter(grant => !proven.includes(grant)).map(nameOf)).toEqual([])
  },
)
