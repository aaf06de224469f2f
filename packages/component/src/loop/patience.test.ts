import { rotateOperation } from '@rotator/protocol/names'
import { initialState } from '@rotator/rotation/device/derive'
import { states } from '@rotator/rotation/device/testing/states'
import { describe, expect, test } from 'vitest'
import { type FoundIdentities, StoreError } from '../identities/identity-store.ts'
import { Journal } from '../journal/journal.ts'
import { fired } from '../testing/fired.ts'
import { execution } from '../testing/identity-store-contract.ts'
import { oldId, SimulatedDevice, serviceDigest, settle } from '../testing/simulated-device.ts'

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
