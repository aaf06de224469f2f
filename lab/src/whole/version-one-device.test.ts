import { describe } from 'vitest'
import { createRotationJob, describeExecution } from '../operator/jobs.ts'
import { attachedCertificates } from '../operator/registry.ts'
import { otherJob, recordOf, until } from './rotation.ts'
import { lose, passing, twice } from './trial-test.ts'
import type { VersionOneCore } from './version-one-core.ts'
import { testOldDevice as test } from './version-one-test.ts'
import type { World } from './world.ts'

const startJob = (world: World, core: VersionOneCore) => createRotationJob(world.clients.iot, core.arn)

const endOf = (world: World, core: VersionOneCore, jobId: string) =>
  until(
    `the end of ${jobId}`,
    () => describeExecution(world.clients.iot, jobId, core.thingName),
    ({ status }) => !['none', 'QUEUED', 'IN_PROGRESS'].includes(status),
  )

/** At rest: what it is configured with is what it is connected with, and what is attached. */
const atRest = (world: World, core: VersionOneCore, mostAttached = 1) =>
  until(
    `${core.thingName} at rest`,
    async () => ({
      isConnected: core.isConnected(),
      configured: core.configured(),
      attached: await attachedCertificates(world.clients.iot, core.thingName),
      progress: (await recordOf(world, core))?.['progress'],
    }),
    ({ isConnected, configured, attached }) =>
      isConnected && attached.includes(configured) && attached.length <= mostAttached,
  )

describe.concurrent('C18: a version 1 device on our backend', () => {
  test('C18: a version 1 device rotates on our backend', async ({ world, trials, core, expect }) => {
    const bare = trials.watch(
      ({ topic, payload }) => topic.endsWith('/create') && !payload.includes('executionNumber'),
    )
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({ status: 'SUCCEEDED' })
    const { configured, progress } = await atRest(world, core)
    expect(configured).not.toBe(core.oldCertificateId)
    expect(progress).toBe('settled')
    trials.fired(bare.count)
  })

  test('C18: a version 1 device rotates by a job whose document names algorithms, which it does not look at', async ({
    world,
    trials,
    core,
    expect,
  }) => {
    const asked = trials.watch(passing(core, 'in', '/certificate/create'))
    const named = { keyAlgorithm: 'RSA-3072', signingAlgorithm: 'SHA512WITHRSA' }
    const jobId = await otherJob(world, core, { operation: 'ROTATE_CERTIFICATE', ...named })
    expect(await endOf(world, core, jobId)).toMatchObject({ status: 'SUCCEEDED' })
    expect((await atRest(world, core)).progress).toBe('settled')
    trials.fired(asked.count)
  })

  test('C18: a version 1 device that asks twice at once is answered once and rotates', async ({
    world,
    trials,
    core,
    expect,
  }) => {
    trials.meet(passing(core, 'in', '/certificate/create'), twice)
    const answers = trials.watch(passing(core, 'out', '/certificate/create/accepted'))
    const refusals = trials.watch(passing(core, 'out', '/rejected'))
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({ status: 'SUCCEEDED' })
    await atRest(world, core)
    expect([answers.count, refusals.count]).toEqual([1, 0])
  })

  test('C18: a version 1 device that never hears of its certificate keeps OLD, and NEW is retired', async ({
    world,
    trials,
    core,
    expect,
  }) => {
    trials.meet(passing(core, 'out', '/certificate/create/accepted'), lose)
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({
      status: 'FAILED',
      statusDetails: { DeviceFailureReason: expect.stringMatching(/^Comms failure when creating/u) },
    })
    expect(await atRest(world, core)).toMatchObject({ configured: core.oldCertificateId })
  })

  test('C18: a version 1 device that rolls back from a commit that was recorded is held on both, and the next rotation ends that', async ({
    world,
    trials,
    core,
    expect,
  }) => {
    trials.meet(passing(core, 'out', '/certificate/commit/accepted'), lose)
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({
      status: 'FAILED',
      statusDetails: { DeviceFailureReason: expect.stringMatching(/^Comms failure when committing/u) },
    })
    const held = await until(
      'both certificates held, and OLD in use',
      async () => atRest(world, core, 2),
      ({ configured, progress }) => configured === core.oldCertificateId && progress === 'held',
    )
    expect(held.attached).toHaveLength(2)
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({ status: 'SUCCEEDED' })
    const healed = await atRest(world, core)
    expect(held.attached).not.toContain(healed.configured)
  })

  test('C18: a device of version 1.1 rotates on our backend, though its details are named otherwise', async ({
    world,
    trials,
    earlierCore: core,
    expect,
  }) => {
    const started = trials.watch(passing(core, 'in', '/update', 'certificateRotationProgress'))
    const known = trials.watch(passing(core, 'in', '/update', 'CertificateRotator'))
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({ status: 'SUCCEEDED' })
    const { configured, progress } = await atRest(world, core)
    expect(configured).not.toBe(core.oldCertificateId)
    expect(progress).toBe('settled')
    expect(known.count).toBe(0)
    trials.fired(started.count)
  })

  test('C18: a device of version 1.1 that fails without any details keeps OLD, and NEW is retired', async ({
    world,
    trials,
    earlierCore: core,
    expect,
  }) => {
    trials.meet(passing(core, 'out', '/certificate/create/accepted'), lose)
    const known = trials.watch(passing(core, 'in', '/update', 'CertificateRotator'))
    expect(await endOf(world, core, await startJob(world, core))).toMatchObject({
      status: 'FAILED',
      statusDetails: { certificateRotationProgress: 'started' },
    })
    const { configured, progress } = await atRest(world, core)
    expect(configured).toBe(core.oldCertificateId)
    expect(progress).toBe('settled')
    expect(known.count).toBe(0)
  })
})
