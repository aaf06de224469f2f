import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeviceOnSocket, type SocketFault } from './testing/device-on-socket.ts'
import { fired } from './testing/fired.ts'

let device: DeviceOnSocket

beforeEach(async () => {
  device = new DeviceOnSocket()
  await device.open()
})

afterEach(async () => {
  await device.close()
})

const outcomeOf = ({ cloud, store, life }: DeviceOnSocket): object => ({
  status: cloud.status,
  violations: cloud.violations,
  isOnNew: store.current === cloud.new,
  life,
})
const succeeded = { status: 'SUCCEEDED', violations: [], isOnNew: true, life: 2 }

test('a whole rotation over the socket of Greengrass, with a restart of it in the middle', async () => {
  // The first questions are lost, so that a timer has to ask again.
  device.cloud.silentFor = 2
  device.start()
  await device.run()
  expect(outcomeOf(device)).toEqual(succeeded)
})

test('a whole rotation on Nucleus Lite, whose new connection is told by the component and leaves it deaf', async () => {
  let asked = 0
  device.start({
    request: async () => {
      asked += 1
      return asked === 1 ? { ok: false, problem: 'busy' } : device.liteRestart.request()
    },
  })
  await device.run()
  expect(outcomeOf(device)).toEqual(succeeded)
  expect(device.nucleus.connections).toBe(2)
})

describe('a socket that fails', () => {
  test.for(['drop', 'silence'] as const)(
    'D12: at any request, by %s: the component has its own timeouts, connects and subscribes again',
    { timeout: 60_000 },
    async (fault, { task }) => {
      device.start()
      await device.run()
      const { requests } = device
      expect(requests).toBeGreaterThan(30)
      for (let at = 0; at < requests; at += 1) {
        const failing = new DeviceOnSocket()
        await failing.open()
        let met = 0
        failing.fault = request => {
          if (request !== at) return undefined
          met += 1
          return fault
        }
        failing.start()
        await failing.run()
        await failing.close()
        expect(met).toBe(1)
        expect(outcomeOf(failing)).toEqual(succeeded)
      }
      fired(task, requests)
    },
  )

  test.for<[string, SocketFault]>([
    ['answers nothing', 'silence'],
    ['drops every connection', 'drop'],
  ])(
    'D12: for half an hour, as it %s: nothing is restarted, and the rotation succeeds after',
    async ([, fault], { task }) => {
      let met = 0
      const untilMs = device.timers.now() + 1_800_000
      device.fault = () => {
        if (device.timers.now() >= untilMs) return undefined
        met += 1
        return fault
      }
      device.start()
      await device.run()
      expect(met).toBeGreaterThan(10)
      expect(outcomeOf(device)).toEqual(succeeded)
      fired(task, met)
    },
  )
})
