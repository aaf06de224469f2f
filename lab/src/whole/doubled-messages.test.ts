import type { Passage } from '@rotator/local-cloud/mqtt/broker-state'
import { describe } from 'vitest'
import { inUse } from '../operator/proof.ts'
import { countIssued } from './issued.ts'
import { attachedNow, certificatesOfPresentKey, expectRotated, startJob, until } from './rotation.ts'
import { passing, test, twice } from './trial-test.ts'
import type { World } from './world.ts'

/** Of the calls for one request, the first waits for the second, so that neither's caller knows of the other's. */
function holdFirstIssue(world: World, isOurs: (csr: unknown) => boolean): void {
  const second = Promise.withResolvers<void>()
  let calls = 0
  world.cloud.api.interfere(async ({ name, input }) => {
    if (name !== 'CreateCertificateFromCsr' || !isOurs(input['certificateSigningRequest'])) return undefined
    calls += 1
    if (calls > 1) second.resolve()
    await second.promise
    return undefined
  })
}

const csrOf = ({ payload }: Passage) => (JSON.parse(payload.toString()) as { csr: string }).csr

describe.concurrent('a message that arrives twice', () => {
  test('M3: a create that arrives twice, one after the other, is issued for once', async ({
    world,
    trials,
    expect,
  }) => {
    const issuedFor = countIssued(world)
    const device = await trials.start()
    const request = trials.seen(passing(device, 'in', '/certificate/create'))
    const answers = trials.watch(passing(device, 'out', '', 'csrDigest'))
    let again = () => undefined as void
    trials.meet(passing(device, 'in', '/certificate/create'), (_passage, deliver) => {
      again = deliver
      deliver()
    })
    trials.watch(passing(device, 'out', '/certificate/create/accepted'), () => {
      again()
      again = () => undefined
    })
    await expectRotated(world, device, await startJob(world, device))
    await until(
      'the second answer',
      () => answers.count,
      count => count >= 2,
    )
    expect(issuedFor(csrOf(await request))).toBe(1)
    expect(await attachedNow(world, device)).toHaveLength(1)
  })

  test('M4: of two creates handled at once, one certificate stays and the other is retired', async ({
    world,
    trials,
    expect,
  }) => {
    const issuedFor = countIssued(world)
    const device = await trials.start()
    let ours: string | undefined
    trials.watch(passing(device, 'in', '/certificate/create'), passage => (ours ??= csrOf(passage)))
    holdFirstIssue(world, csr => csr === ours)
    trials.meet(passing(device, 'in', '/certificate/create'), twice)
    await expectRotated(world, device, await startJob(world, device))
    // A slow machine lets the device ask once more meanwhile.
    expect(issuedFor(ours ?? '')).toBeGreaterThanOrEqual(2)
    const kept = await until(
      'one certificate',
      () => certificatesOfPresentKey(world, device),
      ids => ids.length === 1,
    )
    expect(kept).toEqual([inUse(device)])
  })

  test('M7: a commit that arrives twice, its answers in the other order, is accepted', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    trials.meet(passing(device, 'in', '/certificate/commit'), twice)
    trials.meet(passing(device, 'out', '/certificate/commit/accepted'), (_passage, deliver) => {
      setTimeout(deliver, 1_000)
    })
    await expectRotated(world, device, await startJob(world, device))
    expect(device.phases).not.toContain('rollback')
  })
})
