import type { CertificateId } from '@rotator/protocol/ids'
import { rotateOperation } from '@rotator/protocol/names'
import { initialState } from '@rotator/rotation/device/derive'
import { states } from '@rotator/rotation/device/testing/states'
import { describe, expect, test, vi } from 'vitest'
import { type FoundIdentities, StoreError } from '../identities/identity-store.ts'
import { failed } from '../identities/pkcs11/token-failure.ts'
import { Journal } from '../journal/journal.ts'
import { Secret } from '../secret.ts'
import { type PinGuard, pinGuard } from '../tasks/pin-guard.ts'
import type { FakeTimers } from '../testing/fake-timers.ts'
import { fired } from '../testing/fired.ts'
import { algorithms, execution, prepare } from '../testing/identity-store-contract.ts'
import { MemoryIdentityStore } from '../testing/memory-identity-store.ts'
import { oldId, SimulatedDevice, serviceDigest, settle } from '../testing/simulated-device.ts'
import { idOf, TestAuthority } from '../testing/test-authority.ts'
import { storeIn, tokenWith } from '../testing/token-device.ts'

const gone = new StoreError('HSM_FAILED', 'There is no token.')
const wrongPin = new StoreError('HSM_PIN_REFUSED', 'The PIN is wrong.')

/** A device whose HSM is not there until it is given back. */
function deviceWithoutHsm(
  device: SimulatedDevice,
  error: Error,
): { looks: () => number; plugIn: () => void } {
  const find = device.store.find.bind(device.store)
  const drop = device.store.drop.bind(device.store)
  let looks = 0
  device.store.find = async (): Promise<FoundIdentities> => {
    looks += 1
    throw error
  }
  device.store.drop = async () => Promise.reject(error)
  return {
    looks: () => looks,
    plugIn: () => Object.assign(device.store, { find, drop }),
  }
}

/** The first login fails. Every process has the guard that stands before logins on a real device. */
function failFirstLogin(device: SimulatedDevice, ckr: string): () => number {
  const find = device.store.find.bind(device.store)
  const access = new Secret('slot 7, PIN 8492')
  let logins = 0
  let process: { timers: FakeTimers; guard: PinGuard } | undefined
  device.store.find = async () => {
    const { timers } = device
    if (process?.timers !== timers) process = { timers, guard: pinGuard(timers) }
    const { guard } = process
    guard.admit(access)
    logins += 1
    if (logins > 1) {
      guard.worked()
      return find()
    }
    const { code, message } = failed('let the component log in', { ok: false, call: 'C_Login', ckr })
    guard.failed(code === 'HSM_PIN_REFUSED' ? code : 'HSM_LOGIN_FAILED', message)
    throw new StoreError(code, message)
  }
  return () => logins
}

/** @returns the id of a certificate that is stored beside its pending key */
async function checkedNew({ store }: SimulatedDevice): Promise<CertificateId> {
  const made = await store.makePending(execution, algorithms)
  if (made.kind !== 'pending-made') throw new Error(made.reason)
  const certificatePem = MemoryIdentityStore.issue((await store.pendingCsr(made.csrDigest)) ?? '')
  await store.checkCertificate(made.csrDigest, certificatePem)
  return idOf(certificatePem)
}

async function pass(device: SimulatedDevice, ms: number): Promise<void> {
  for (const untilMs = device.timers.now() + ms; ; ) {
    await settle()
    const next = Math.min(...device.timers.pending(), untilMs - device.timers.now())
    if (next <= 0) return
    device.timers.advance(next)
  }
}

const failures = ({ lines }: SimulatedDevice) =>
  lines.flatMap(([, , { from, to, code }]) => (to === 'fail' && from !== to ? [code] : []))

describe('D13: an HSM that cannot be looked at', () => {
  test('is waited for while the job is still queued', async () => {
    const device = new SimulatedDevice()
    const hsm = deviceWithoutHsm(device, gone)
    device.startProcess()
    await pass(device, 45_000)
    expect(hsm.looks()).toBe(5)
    hsm.plugIn()
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    expect(failures(device)).toEqual([])
  })

  test('lets the job fail with the reason after a minute, and the device be idle again without having dropped anything', async () => {
    const device = new SimulatedDevice()
    deviceWithoutHsm(device, gone)
    device.startProcess()
    await pass(device, 120_000)
    expect(device.cloud.status).toBe('FAILED')
    expect(failures(device)).toEqual(['HSM_FAILED'])
    expect(device.phase).toBe('idle')
    expect(device.performed).not.toContain('drop-identities')
  })

  test('D13: is looked at once more before a job fails for it', async ({ task }) => {
    const device = new SimulatedDevice()
    const hsm = deviceWithoutHsm(device, gone)
    device.cloud.status = 'SUCCEEDED'
    device.startProcess()
    await pass(device, 55_000)
    expect(hsm.looks()).toBe(6)
    hsm.plugIn()
    device.cloud.status = 'QUEUED'
    const queued = { ...execution, status: 'QUEUED', jobDocument: { operation: rotateOperation } }
    device.loop?.receive('$aws/things/thing/jobs/notify-next', JSON.stringify({ execution: queued }))
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    expect(failures(device)).toEqual([])
    fired(task, hsm.looks())
  })

  test('is looked at again and again, and found when it is back', async () => {
    const device = new SimulatedDevice()
    const hsm = deviceWithoutHsm(device, wrongPin)
    device.startProcess()
    await pass(device, 300_000)
    // Once as it starts and as the job comes, then once a minute.
    expect(hsm.looks()).toBe(7)
    hsm.plugIn()
    await pass(device, 60_000)
    expect(device.lines.filter(([, , { event }]) => event === 'started')).not.toEqual([])
  })

  test('A6: lets the job fail at once where its PIN is refused', async () => {
    const device = new SimulatedDevice()
    deviceWithoutHsm(device, wrongPin)
    device.startProcess()
    await pass(device, 1_000)
    expect(failures(device)).toEqual(['HSM_PIN_REFUSED'])
  })

  test('is waited for without an end in the middle of a rotation', async () => {
    const device = new SimulatedDevice()
    const journal = new Journal(device.disk, '/work', { uid: 0, gid: 0 })
    journal.write({
      ...states.ask,
      service: serviceDigest(1),
      execution,
      oldCertificateId: oldId,
    })
    const hsm = deviceWithoutHsm(device, gone)
    device.startProcess()
    await pass(device, 3_600_000)
    expect(hsm.looks()).toBeGreaterThan(50)
    expect(device.phase).toBe('ask')
    expect(failures(device)).toEqual([])
  })

  test.for(['CKR_GENERAL_ERROR', 'CKR_DEVICE_ERROR', 'CKR_CRYPTOKI_NOT_INITIALIZED'])(
    'D13: is repaired in the middle of a switch although the first login was answered with %s',
    async (ckr, { task }) => {
      const device = new SimulatedDevice()
      const journal = new Journal(device.disk, '/work', { uid: 0, gid: 0 })
      const newCertificateId = await checkedNew(device)
      journal.write({
        ...states.install,
        service: serviceDigest(1),
        execution,
        oldCertificateId: oldId,
        newCertificateId,
      })
      device.cloud.status = 'IN_PROGRESS'
      const logins = failFirstLogin(device, ckr)
      device.startProcess()
      await pass(device, 20_000)
      expect([device.phase, logins()]).toEqual(['install', 1])
      await pass(device, 60_000)
      expect(device.store.current).toBe(newCertificateId)
      fired(task)
    },
  )

  test('D13: is found by a job that waits, although the first login failed for another reason than the PIN', async ({
    task,
  }) => {
    const device = new SimulatedDevice()
    const logins = failFirstLogin(device, 'CKR_GENERAL_ERROR')
    await device.run()
    expect(device.cloud.status).toBe('SUCCEEDED')
    expect(failures(device)).toEqual([])
    const lines = device.lines
      .map(([, message]) => message)
      .filter(message => message.includes('cannot be read'))
    expect(lines).not.toEqual([])
    for (const line of lines) expect(line).not.toMatch(/tried again.*tried again/u)
    fired(task, logins() - 1)
  })

  test('D13: is looked at once more by a device that told of it while it came back', async ({ task }) => {
    const device = new SimulatedDevice()
    const newCertificateId = await checkedNew(device)
    await device.store.place({ current: newCertificateId, previous: oldId })
    const hsm = deviceWithoutHsm(device, gone)
    const receive = device.cloud.receive.bind(device.cloud)
    device.cloud.receive = (topic, payload) => (payload.includes('"FAILED"') ? [] : receive(topic, payload))
    device.startProcess()
    await pass(device, 70_000)
    expect(device.phase).toBe('fail')
    hsm.plugIn()
    await pass(device, 60_000)
    expect(device.phase).toBe('fail')
    device.cloud.receive = receive
    await pass(device, 180_000)
    const edges = device.lines.flatMap(([, , { edge }]) => edge ?? [])
    expect(edges.slice(0, 3)).toEqual(['idle-to-fail', 'fail-unread', 'idle-found-switch'])
    fired(task, edges.filter(edge => edge === 'fail-unread').length)
  })

  test('leaves no device mute that has yet to drop an identity', async () => {
    const device = new SimulatedDevice()
    const journal = new Journal(device.disk, '/work', { uid: 0, gid: 0 })
    journal.write({ ...initialState(serviceDigest(1)), phase: 'close' })
    deviceWithoutHsm(device, gone)
    device.startProcess()
    await pass(device, 180_000)
    expect(device.cloud.status).toBe('FAILED')
    expect(device.phase).toBe('idle')
  })
})

test('D14: a device with a key in its HSM that nobody can destroy ends its rotation, and tells the next job', async ({
  task,
}) => {
  const authority = new TestAuthority()
  const token = tokenWith(await authority.identity())
  for (const object of token.objects.values()) object.isDestroyable = object.objectClass !== 'private-key'
  const store = storeIn(token)
  const ids = await prepare(store, async csr => authority.issue(csr))
  await store.place({ current: ids.new, previous: ids.old })
  const device = new SimulatedDevice()
  for (const order of ['find', 'makePending', 'place', 'drop'] as const)
    Object.assign(device.store, { [order]: store[order].bind(store) })
  const journal = new Journal(device.disk, '/work', { uid: 0, gid: 0 })
  journal.write({ ...initialState(serviceDigest(1)), phase: 'close' })
  device.startProcess()
  // A token takes its time, whatever the clock of the device says.
  await vi.waitFor(
    async () => {
      await pass(device, 1_000)
      expect([device.cloud.status, device.phase]).toEqual(['FAILED', 'idle'])
    },
    { timeout: 20_000, interval: 1 },
  )
  expect(failures(device)).toEqual(['HSM_UNSUITABLE'])
  fired(task, token.calls.filter(name => name === 'C_DestroyObject').length)
}, 30_000)

test('D3: storage that cannot be read for a minute lets the job fail with the words of the system', async () => {
  const device = new SimulatedDevice()
  const unreadable = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
  const disk = deviceWithoutHsm(device, unreadable)
  device.startProcess()
  await pass(device, 120_000)
  expect(disk.looks()).toBeGreaterThan(5)
  expect(failures(device)).toEqual(['STORAGE_FAILED'])
  expect(device.cloud.status).toBe('FAILED')
})

test('D13: a device whose rotation failed since its HSM went away hears of the next job', async () => {
  const device = new SimulatedDevice()
  device.store.failNext('makePending', gone)
  device.store.drop = async () => {
    device.store.find = async () => Promise.reject(gone)
    throw gone
  }
  await device.run()
  expect(failures(device)).toEqual(['HSM_FAILED'])
  expect(device.phase).toBe('idle')
  expect(device.performed.slice(-2)).toEqual(['get-next-job', 'arm-timer'])
})

test('D13: a switch that was not settled is looked at before a key is made for another job', async () => {
  const device = new SimulatedDevice()
  const error = new StoreError('IDENTITY_UNUSABLE', 'An earlier rotation is not settled.', {
    lookAgain: true,
  })
  device.store.failNext('makePending', error)
  await device.run()
  expect(device.cloud.status).toBe('SUCCEEDED')
  expect(device.lines).toContainEqual(['warn', error.message, { code: 'IDENTITY_UNUSABLE' }])
})
