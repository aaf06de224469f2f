import { describe } from 'vitest'
import { fingerprint } from '../operator/proof.ts'
import { presentIdentity } from './device-client.ts'
import { attachedNow, ended, expectRotated, otherJob, recordOf, startJob, until } from './rotation.ts'
import { lose, passing } from './trial-test.ts'
import { testOldBackend as test } from './version-one-test.ts'

describe.concurrent('our device on a version 1 backend', () => {
  test('C18: our device rotates on a version 1 backend, which deletes the old certificate and the record', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const bare = trials.watch(
      ({ topic, payload }) => topic.endsWith('/create/accepted') && !payload.includes('csrDigest'),
    )
    await expectRotated(world, device, await startJob(world, device))
    await until(
      'the end of the record',
      async () => recordOf(world, device),
      record => record === undefined,
    )
    expect(device.phases).not.toContain('rollback')
    trials.fired(bare.count)
  })

  test('C18: our device asks a version 1 backend again where its create or its commit is lost', async ({
    world,
    trials,
  }) => {
    const device = await trials.start()
    trials.meet(passing(device, 'in', '/certificate/create'), lose)
    trials.meet(passing(device, 'in', '/certificate/commit'), lose)
    await expectRotated(world, device, await startJob(world, device))
  })

  test('C18: our device says why a version 1 backend refuses a job whose document names algorithms', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const refused = trials.watch(
      passing(device, 'out', '/certificate/create/rejected', 'Pre-conditions not met'),
    )
    const document = { operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'RSA-3072' }
    expect(await ended(world, device, await otherJob(world, device, document))).toMatchObject({
      status: 'FAILED',
      statusDetails: {
        failureCode: 'CLOUD_REFUSED',
        DeviceFailureReason: expect.stringMatching(
          /Pre-conditions not met\. The backend is of version 1, .*Set the algorithms in the configuration/u,
        ),
      },
    })
    trials.fired(refused.count)
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
    await expectRotated(world, device, await startJob(world, device))
  })

  test('C18: our device that never hears of its certificate reports FAILED, and version 1 deletes NEW', async ({
    world,
    trials,
    expect,
  }) => {
    // Version 1's functions are not sped up, and a second create beside the first would block the thing.
    const device = await trials.start({ timeScale: 0.1 })
    trials.meet(passing(device, 'out', '/certificate/create/accepted'), lose)
    expect(await ended(world, device, await startJob(world, device))).toMatchObject({
      status: 'FAILED',
      statusDetails: { failureCode: 'CLOUD_REFUSED' },
    })
    await until(
      'OLD alone',
      async () => attachedNow(world, device),
      attached => attached.join() === device.old.certificateId,
    )
    expect(fingerprint(presentIdentity(device).certificatePem)).toBe(device.old.certificateId)
  })

  test('C18: our device that never hears of its recorded commit stays on NEW, past the end of the job', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    trials.meet(passing(device, 'out', '/certificate/commit/accepted'), lose)
    const refused = trials.seen(passing(device, 'out', '/certificate/commit/rejected'))
    const jobId = await startJob(world, device)
    await refused
    world.cloud.services.jobs.timeOut(device.thingName, jobId)
    expect(await ended(world, device, jobId)).toMatchObject({ status: 'TIMED_OUT' })
    await until(
      'the device at rest',
      () => device.phases,
      phases => phases.at(-1) === 'idle',
      90_000,
    )
    const configured = fingerprint(presentIdentity(device).certificatePem)
    expect(configured).not.toBe(device.old.certificateId)
    // Version 1 leaves it open which of the two is in use, and tells its operators so.
    expect(await attachedNow(world, device)).toEqual(expect.arrayContaining([configured]))
    expect(device.phases).not.toContain('rollback')
  })
})
