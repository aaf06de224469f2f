import { UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { test as plainTest } from 'vitest'
import { commitDeeds } from '../roles/deeds/commit.ts'
import { createDeeds } from '../roles/deeds/create.ts'
import { finishDeeds } from '../roles/deeds/finish.ts'
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

/** What functions are allowed besides where a private authority issues. */
async function proveWithAuthority(known: ReadonlySet<string>): Promise<{ grants: Grant[]; proven: Grant[] }> {
  const world = await quietWorld({ template: privateCaTemplate })
  try {
    const authority = await world.cloud.services.privateAuthorities.create({ id: labAuthorityId })
    const release = holdBatches(world)
    const grants = grantsOf(world).filter(grant => !known.has(nameOf(grant)))
    const proven = await prove(world, grants, privateCaDeeds(authority))
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
    const more = await proveWithAuthority(new Set(usual.grants.map(nameOf)))
    const [grants, proven] = [
      [...usual.grants, ...more.grants],
      [...usual.proven, ...more.proven],
    ]
    Object.assign(task.meta, { fired: proven.length })
    process.stdout.write(`actions=${grants.length} proven=${proven.length}\n`)
    expect(grants.length).toBeGreaterThan(80)
    expect(grants.filter(grant => !proven.includes(grant)).map(nameOf)).toEqual([])
  },
)
