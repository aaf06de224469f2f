import { initialState } from '@rotator/rotation/device/derive'
import type { Placement } from '@rotator/rotation/device/effects'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../identities/identity-store.ts'
import { Journal } from '../journal/journal.ts'
import { probeBy } from '../probe/probe.ts'
import { oldId, SimulatedDevice, serviceDigest, settle, thing } from '../testing/simulated-device.ts'
import { Loop, type LoopParts } from './loop.ts'
import { lookAgain, lookLater, type PerformerParts, perform } from './performer.ts'

const strange = 'f'.repeat(64) as never

function loopOn(device: SimulatedDevice, changes: Partial<LoopParts> = {}) {
  const told: string[] = []
  const crashes: unknown[] = []
  const loop = new Loop({
    thing,
    service: serviceDigest(1),
    journal: new Journal(device.disk, '/work', { uid: 0, gid: 0 }),
    store: device.store,
    outbox: { clear: () => {} },
    perform: async () => undefined,
    configured: async () => ({ keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }),
    timers: device.timers,
    log: (_level, message) => void told.push(message),
    onCrash: error => crashes.push(error),
    ...changes,
  })
  return { loop, told, crashes }
}

describe('the loop', () => {
  test('a rotation can be retold from its log, which shows no secret', async () => {
    const device = new SimulatedDevice()
    await device.run()
    const story = device.lines.filter(([, , { from, to }]) => from !== to).map(([, , { to }]) => to)
    expect(story).toEqual(['ask', 'check', 'install', 'restart', 'commit', 'finish', 'close', 'idle'])
    const [, , finish] = device.lines.find(([, , { to }]) => to === 'finish') ?? []
    expect(finish).toMatchObject({
      event: 'commit-accepted',
      jobId: 'job-1',
      executionNumber: 1,
      certificateId: device.cloud.new,
    })
    expect(JSON.stringify(device.lines)).not.toMatch(/BEGIN/u)
  })

  test('a failure is told with its code and reason', async () => {
    const device = new SimulatedDevice()
    device.store.failNext('makePending', new StoreError('STORAGE_FAILED', 'The disk is full.'))
    await device.run()
    expect(device.cloud.statusDetails).toMatchObject({
      CertificateRotator: 'true',
      failureCode: 'STORAGE_FAILED',
      DeviceFailureReason: 'The disk is full.',
    })
    expect(device.lines.find(([, , { to }]) => to === 'fail')?.[2]).toMatchObject({
      code: 'STORAGE_FAILED',
      reason: 'The disk is full.',
    })
  })

  test('what the cloud rejects is told, also where nothing follows from it', async () => {
    const device = new SimulatedDevice()
    const lines: unknown[] = []
    const log = (...line: unknown[]): void => void lines.push(line)
    const { loop } = loopOn(device, { log })
    loop.start()
    const reply = { code: 'TRY_LATER', retryable: true, errorMsg: 'Busy.' }
    loop.receive('awslabs/things/thing/certificate/create/rejected', JSON.stringify(reply))
    loop.receive('awslabs/things/thing/certificate/commit/rejected', '{}')
    await settle()
    expect(lines).toContainEqual([
      'warn',
      'The cloud rejected the create: Busy.',
      { code: 'TRY_LATER', retryable: true },
    ])
    expect(lines).toContainEqual(['warn', 'The cloud rejected the commit: no reason was given', {}])
  })

  test('D4: that the rotation goes on without a probe that reaches nothing is told', async () => {
    const device = new SimulatedDevice()
    device.probe = probeBy(async () => 'unreachable')
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    const told = device.lines.filter(([level]) => level === 'warn')
    expect(told).toMatchObject([['warn', expect.stringContaining('goes on without'), {}]])
  })

  test('D3: nothing is done before the journal can be written, which is said and tried again', async () => {
    const device = new SimulatedDevice()
    const performed: string[] = []
    const { loop, told } = loopOn(device, { perform: async effect => void performed.push(effect.kind) })
    device.disk.failure = () => 'EIO'
    loop.start()
    for (const wait of [10_000, 20_000, 40_000, 60_000]) {
      await settle()
      expect(performed).toEqual([])
      expect(device.timers.pending()).toEqual([wait])
      device.timers.advance(wait)
    }
    device.disk.failure = undefined
    await settle()
    device.timers.advance(60_000)
    await settle()
    expect(performed).not.toEqual([])
    expect(told.filter(line => line.includes('cannot be written'))).toHaveLength(4)
  })

  test('D10: a damaged journal is set aside, told, and derived anew', async () => {
    const device = new SimulatedDevice()
    device.disk.create('/work/journal.json', Buffer.from('torn'), { mode: 0o600, uid: 0, gid: 0 })
    device.disk.settleAll()
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    expect(device.lines[0]).toEqual(['error', expect.stringContaining('set-aside-1'), {}])
  })

  test('D3: identities that cannot be read at the start are tried again', async () => {
    const device = new SimulatedDevice()
    let failures = 2
    const find = device.store.find.bind(device.store)
    device.store.find = async () => {
      failures -= 1
      if (failures >= 0) throw new StoreError('STORAGE_FAILED', 'The disk is gone.')
      return { ...(await find()), remark: 'There it is.' }
    }
    const { loop, told, crashes } = loopOn(device)
    loop.start()
    for (let n = 0; n < 2; n += 1) {
      await settle()
      device.timers.advance(10_000)
    }
    await settle()
    const gone = expect.stringContaining('looked at again later: The disk is gone.')
    expect(told.slice(0, 3)).toEqual([gone, gone, 'There it is.'])
    expect(crashes).toEqual([])
  })

  test('D3: a journal that cannot be read is waited for, and nothing is understood before', async () => {
    const device = new SimulatedDevice()
    const performed: string[] = []
    const { loop, told } = loopOn(device, { perform: async effect => void performed.push(effect.kind) })
    device.disk.makeFolder('/work/journal.json', { mode: 0o700, uid: 0, gid: 0 })
    loop.start()
    loop.receive('$aws/things/thing/jobs/notify-next', '{}')
    await settle()
    expect(told).toEqual([expect.stringContaining('EISDIR')])
    device.disk.removeFolder('/work/journal.json')
    device.timers.advance(10_000)
    await settle()
    expect(performed).toContain('get-next-job')
    expect(told).toHaveLength(1)
  })

  test('D3: what comes while the identities cannot be read yet is not understood either', async () => {
    const device = new SimulatedDevice()
    const journal = new Journal(device.disk, '/work', { uid: 0, gid: 0 })
    journal.write({ ...initialState(serviceDigest(0)), phase: 'close' })
    const find = device.store.find.bind(device.store)
    device.store.find = async () => Promise.reject(new StoreError('STORAGE_FAILED', 'The disk is gone.'))
    const performed: string[] = []
    const { loop } = loopOn(device, { perform: async effect => void performed.push(effect.kind) })
    loop.start()
    await settle()
    loop.give({ kind: 'identities-dropped' })
    await settle()
    expect(performed).toEqual([])
    device.store.find = find
    device.timers.advance(10_000)
    await settle()
    expect(performed).toContain('drop-identities')
  })

  test('M16: a message that cannot be read, or comes before the configuration is known, changes nothing', async () => {
    const device = new SimulatedDevice()
    const { loop, told } = loopOn(device)
    loop.start()
    loop.receive('$aws/things/thing/jobs/notify-next', 'garbage')
    await settle()
    expect(told.at(-1)).toMatch(/was dropped: not JSON/u)
    const unconfigured = loopOn(device, { configured: async () => undefined })
    unconfigured.loop.start()
    await settle()
    unconfigured.told.length = 0
    unconfigured.loop.receive('$aws/things/thing/jobs/notify-next', 'garbage')
    await settle()
    expect(unconfigured.told).toEqual([])
  })

  test('a fault of ours ends the loop and nothing more is taken', async () => {
    const device = new SimulatedDevice()
    const bug = new TypeError('bug')
    const { loop, crashes } = loopOn(device, { perform: async () => Promise.reject(bug) })
    loop.start()
    await settle()
    loop.start()
    await settle()
    expect(crashes).toEqual([bug])
    const faulty = loopOn(device, { store: { find: async () => Promise.reject(bug) } as never })
    faulty.loop.start()
    await settle()
    expect(faulty.crashes).toEqual([bug])
  })

  test('a loop that is stopped performs nothing more', async () => {
    const device = new SimulatedDevice()
    const performed: string[] = []
    const { loop } = loopOn(device, {
      perform: async effect => {
        performed.push(effect.kind)
        loop.stop()
        return undefined
      },
    })
    loop.start()
    await settle()
    expect(performed).toHaveLength(1)
  })

  test('D16: a restart that does not happen is asked for again, and no commit goes over the old connection', async () => {
    const device = new SimulatedDevice()
    device.swallowedRestarts = 3
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    expect(device.swallowedRestarts).toBe(0)
    expect(device.lines.filter(([, message]) => message === 'The restart was swallowed.')).toHaveLength(3)
    expect(device.cloud.violations).toEqual([])
  })

  test('D11: an identity that was put in place by hand during the switch is looked at anew and respected', async () => {
    const device = new SimulatedDevice()
    const original = device.store.place.bind(device.store)
    const placed: Placement[] = []
    device.store.place = async placement => {
      if (placed.length === 0) device.store.replaceByHand(strange)
      placed.push(placement)
      return original(placement)
    }
    device.startProcess()
    const isNoticed = (): boolean => device.lines.some(([, , { edge }]) => edge === 'install-by-hand')
    for (let n = 0; n < 60 && !isNoticed(); n += 1) {
      await settle()
      device.timers.advance(device.timers.pending()[0] ?? 0)
    }
    expect(isNoticed()).toBe(true)
    // The first order was refused, and the next rotation starts from what was put there.
    expect(placed.map(({ previous }) => previous).slice(0, 2)).toEqual(
      [oldId, strange].slice(0, placed.length),
    )
  })

  test('D18: a pending key that is lost ends the job with that reason', async () => {
    const device = new SimulatedDevice()
    device.store.failNext('checkCertificate')
    const original = device.store.checkCertificate.bind(device.store)
    device.store.checkCertificate = async (...check) => {
      device.store.losePending()
      return original(...check)
    }
    await device.run()
    expect(device.cloud.statusDetails).toMatchObject({ failureCode: 'PENDING_KEY_LOST' })
  })
})

describe('orders', () => {
  const parts = (changes: Partial<PerformerParts>): PerformerParts => ({
    thing,
    store: new SimulatedDevice().store,
    probe: probeBy(async () => 'accepted'),
    restart: { request: async () => ({ ok: true }) },
    outbox: { send: async () => {} } as never,
    alarms: { arm: () => {} } as never,
    deferUpdates: () => {},
    now: () => 0,
    log: () => {},
    ...changes,
  })
  const failingStore = (order: 'place' | 'drop' | 'pendingCsr', problem: Error): PerformerParts => {
    const { store } = new SimulatedDevice()
    store[order] = async () => {
      throw problem
    }
    return parts({ store })
  }
  const placement = { current: strange, previous: strange }

  test('a comparison tries the reference before and after', async () => {
    const tried: string[] = []
    const probe = probeBy(async slot => (tried.push(slot), 'refused'))
    const outcome = await perform(parts({ probe }), {
      kind: 'compare',
      reference: 'previous',
      trial: 'current',
    })
    expect(tried).toEqual(['previous', 'current', 'previous'])
    expect(outcome).toEqual({
      kind: 'compared',
      comparison: { before: 'refused', trial: 'refused', after: 'refused' },
    })
  })

  test('D8: a clock that cannot judge a certificate is told', async () => {
    const told: string[] = []
    const { store } = new SimulatedDevice()
    store.checkCertificate = async () => ({ kind: 'certificate-undecided' })
    const outcome = await perform(
      parts({ store, now: () => 0, log: (_level, message) => void told.push(message) }),
      {
        kind: 'check-certificate',
        csrDigest: strange,
        certificatePem: '',
      },
    )
    expect(outcome).toEqual({ kind: 'certificate-undecided' })
    expect(told).toEqual([expect.stringContaining('1970-01-01')])
  })

  test('a CSR that is gone is told at once', async () => {
    const outcome = await perform(parts({}), {
      kind: 'publish-create',
      execution: { jobId: 'job' as never, executionNumber: 1 },
      csrDigest: strange,
    })
    expect(outcome).toEqual({ kind: 'pending-lost' })
  })

  test('D3: a CSR that cannot be read now is asked for again, and is no crash', async () => {
    const told: string[] = []
    const store = failingStore('pendingCsr', new StoreError('STORAGE_FAILED', 'No memory.')).store
    const outcome = await perform(parts({ store, log: (_level, message) => void told.push(message) }), {
      kind: 'publish-create',
      execution: { jobId: 'job' as never, executionNumber: 1 },
      csrDigest: strange,
    })
    expect(outcome).toBeUndefined()
    expect(told).toEqual(['No memory.'])
  })

  test('a failed roll back has no outcome yet; a failed install has one; a change by hand is looked at', async () => {
    const failing = (problem: Error) => failingStore('place', problem)
    const full = new StoreError('STORAGE_FAILED', 'full')
    expect(await perform(failing(full), { kind: 'roll-back', ...placement })).toBeUndefined()
    expect(await perform(failing(full), { kind: 'install', ...placement })).toEqual({
      kind: 'install-failed',
      reason: 'full',
    })
    const lost = new StoreError('IDENTITY_LOST', 'gone')
    expect(await perform(failing(lost), { kind: 'roll-back', ...placement })).toEqual({
      kind: 'previous-lost',
    })
    expect(await perform(failing(lost), { kind: 'roll-forward', ...placement })).toEqual({
      kind: 'previous-lost',
    })
    expect(await perform(failing(full), { kind: 'roll-forward', ...placement })).toBeUndefined()
    const byHand = new StoreError('INSTALL_FAILED', 'by hand', { lookAgain: true })
    expect(await perform(failing(byHand), { kind: 'roll-forward', ...placement })).toBe(lookAgain)
    await expect(perform(failing(new TypeError('bug')), { kind: 'install', ...placement })).rejects.toThrow(
      'bug',
    )
  })

  test('after a drop that fails it is looked again; a fault of ours is thrown', async () => {
    const failing = (problem: Error) => failingStore('drop', problem)
    const full = new StoreError('STORAGE_FAILED', 'full')
    expect(await perform(failing(full), { kind: 'drop-identities' })).toBe(lookLater)
    await expect(perform(failing(new TypeError('bug')), { kind: 'drop-identities' })).rejects.toThrow('bug')
  })
})
