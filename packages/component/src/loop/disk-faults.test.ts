import { beforeAll, describe, expect, test } from 'vitest'
import { DeviceOnDisk, type Factory, openFactory, workFolder } from '../testing/device-on-disk.ts'
import { fired } from '../testing/fired.ts'
import { cutLeaves } from '../testing/simulated-disk.ts'

const timeoutMs = 120_000
let factory: Factory

beforeAll(async () => {
  factory = await openFactory()
})

/** The ways of a rotation that between them write everything that is ever written. */
const ways = {
  'that succeeds': { verdict: 'accept', end: 'SUCCEEDED' },
  'that is rolled back': { verdict: 'refuse', end: 'FAILED' },
  'that goes back and forward': { verdict: 'refuse-first', end: 'SUCCEEDED' },
} as const
const names = Object.keys(ways) as (keyof typeof ways)[]

function deviceOn(way: keyof typeof ways): DeviceOnDisk {
  const device = new DeviceOnDisk(factory)
  device.cloud.verdict = ways[way].verdict
  return device
}

/** The cloud would accept any of these now. */
function accepted({ cloud, oldId, newId }: DeviceOnDisk): string[] {
  if (cloud.status === 'SUCCEEDED') return [newId]
  if (cloud.status === 'FAILED') return [oldId]
  return cloud.new === undefined ? [oldId] : [oldId, newId]
}

function expectSettled(device: DeviceOnDisk, told: string): void {
  const { cloud, loadable } = device
  expect({ told, violations: cloud.violations, isConnectable: cloud.connected === loadable }).toEqual({
    told,
    violations: [],
    isConnectable: true,
  })
  expect(accepted(device), `with ${told}`).toContain(loadable)
}

async function operationsOf(way: keyof typeof ways): Promise<number> {
  const whole = deviceOn(way)
  await whole.run()
  expect(whole.cloud.status).toBe(ways[way].end)
  return whole.disk.operations.length
}

/** The ways share most of what they write, so all that a cut can leave is tried in one of them. */
const worstLeaves = ['nothing', 'torn'] as const

describe('a power cut at every file operation of a whole rotation', () => {
  test.for([
    ['that succeeds', cutLeaves],
    ['that is rolled back', worstLeaves],
    ['that goes back and forward', worstLeaves],
  ] as const)(
    'D2: one %s ends as without it, and the nucleus can load a pair that the cloud accepts all the while',
    { timeout: timeoutMs },
    async ([way, leavesTried], { task }) => {
      const operations = await operationsOf(way)
      expect(operations).toBeGreaterThan(60)
      for (let at = 0; at < operations; at += 1) {
        for (const leaves of leavesTried) {
          const device = deviceOn(way)
          device.disk.cutBefore = at
          device.leaves = leaves
          const told = `cut before operation ${at}, leaving ${leaves}`
          device.onPowerUp = () => {
            expect(accepted(device), `with ${told}`).toContain(device.loadable)
          }
          await device.run()
          expect(device.cuts).toBe(1)
          expectSettled(device, told)
        }
      }
      fired(task, operations * leavesTried.length)
    },
  )
})

/** The end of an execution that failed for the disk says so. */
function expectToldWhy({ cloud: { status, statusDetails } }: DeviceOnDisk, code: string, told: string): void {
  if (status !== 'FAILED') return
  expect(statusDetails, `with ${told}`).toMatchObject({
    CertificateRotator: 'true',
    failureCode: expect.stringMatching(/STORAGE_FAILED|INSTALL_FAILED|ROLLED_BACK|ABANDONED/u),
  })
  if (statusDetails['failureCode'] === 'ABANDONED') return
  expect(statusDetails['DeviceFailureReason'], `with ${told}`).toContain(code)
}

describe('a disk that fails at every file operation of a whole rotation', () => {
  test.for([
    ['that succeeds', 'ENOSPC'],
    ['that succeeds', 'EIO'],
    ['that succeeds', 'EROFS'],
    ['that is rolled back', 'EIO'],
    ['that goes back and forward', 'ENOSPC'],
  ] as const)(
    'D3: one %s meets %s once: the identity works, and FAILED says why',
    { timeout: timeoutMs },
    async ([way, code], { task }) => {
      const operations = await operationsOf(way)
      for (let at = 0; at < operations; at += 1) {
        const device = deviceOn(way)
        let met = 0
        device.disk.failure = () => {
          if (device.disk.operations.length - 1 !== at || met > 0) return undefined
          met += 1
          return code
        }
        await device.run()
        const told = `${code} at operation ${at}`
        expect(met, `with ${told}`).toBe(1)
        expectSettled(device, told)
        expectToldWhy(device, code, told)
      }
      fired(task, operations)
    },
  )

  test.for(['ENOSPC', 'EIO', 'EROFS'])(
    'D3: %s from any operation on: where it can be written it is FAILED, else the device waits and says so in its log',
    { timeout: timeoutMs },
    async (code, { task }) => {
      const operations = await operationsOf('that succeeds')
      let waited = 0
      for (let at = 0; at < operations; at += 3) {
        const device = deviceOn('that succeeds')
        device.disk.failure = () => (device.disk.operations.length > at ? code : undefined)
        const healsAt = device.timers.now() + 3_600_000
        await device.run(() => device.timers.now() >= healsAt)
        const told = `${code} from operation ${at} on`
        expect(accepted(device), `with ${told}`).toContain(device.loadable)
        const saidSo = device.lines.filter(([level]) => level === 'error').length > 3
        expect(device.cloud.isOver || saidSo, `with ${told}`).toBe(true)
        if (!device.cloud.isOver) waited += 1
        device.disk.failure = undefined
        await device.run()
        expectSettled(device, told)
        expectToldWhy(device, code, told)
        fired(task)
      }
      expect(waited).toBeGreaterThan(0)
    },
  )

  test('D3: too little room is seen before anything is made', async ({ task }) => {
    const device = deviceOn('that succeeds')
    device.disk.free = 1000
    await device.run()
    expect(device.cloud.statusDetails).toMatchObject({
      failureCode: 'STORAGE_FAILED',
      DeviceFailureReason: expect.stringContaining('1000 bytes are free'),
    })
    expect(device.disk.names('/greengrass/v2')).not.toContain('identities')
    fired(task)
  })
})

describe('what is taken away from a device', () => {
  test('D18: the new key, in any phase before it is in use: FAILED says why, and the next rotation succeeds', async ({
    task,
  }) => {
    const failures = new Set<unknown>()
    for (const order of ['publish-create', 'check-certificate', 'install'] as const) {
      const device = deviceOn('that succeeds')
      let isTaken = false
      device.onOrder = kind => {
        if (kind !== order || isTaken) return
        device.disk.removeFile('/greengrass/v2/identities/pending/private-key.pem')
        isTaken = true
        fired(task)
      }
      await device.run()
      expect(device.cloud.status, `before ${order}`).toBe('FAILED')
      failures.add(device.cloud.statusDetails['failureCode'])
      expectSettled(device, order)
      device.cloud.again()
      device.start()
      await device.run()
      expect(device.cloud.status, `before ${order}`).toBe('SUCCEEDED')
      expectSettled(device, order)
    }
    expect([...failures]).toEqual(['PENDING_KEY_LOST', 'INSTALL_FAILED'])
  })

  test('D18: the old key, on the way back: the device stays on what works, and asks on', async ({ task }) => {
    const device = deviceOn('that is rolled back')
    let isTaken = false
    device.onOrder = kind => {
      if (kind !== 'roll-back' || isTaken) return
      device.disk.removeFile('/greengrass/v2/identities/1/private-key.pem')
      isTaken = true
      fired(task)
    }
    await device.run(() => device.cloud.commits > 10)
    expect(device).toMatchObject({ loadable: device.newId, greengrassLife: 2, phase: 'commit' })
    device.cloud.status = 'TIMED_OUT'
    await device.run(() => device.phase === 'idle')
    expect(device).toMatchObject({ loadable: device.newId, greengrassLife: 2 })
    expect(device.lines.some(([, text]) => text.includes('is not stored any more'))).toBe(true)
  })

  test('D19: the component itself, at any file operation of any way: what is configured connects', {
    timeout: timeoutMs,
  }, async ({ task }) => {
    for (const way of names) {
      const operations = await operationsOf(way)
      for (let at = 0; at < operations; at += 1) {
        const device = deviceOn(way)
        device.disk.cutBefore = at
        let left: string | undefined
        device.onPowerUp = () => {
          for (const name of device.disk.names(workFolder)) device.disk.removeFile(`${workFolder}/${name}`)
          device.disk.removeFolder(workFolder)
          left = device.loadable
        }
        await device.run(() => left !== undefined)
        expect(accepted(device), `${way}, ${at}`).toContain(left)
        device.stop()
        fired(task)
      }
    }
  })
})
