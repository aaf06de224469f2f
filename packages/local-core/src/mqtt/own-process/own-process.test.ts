import { expect, test } from 'vitest'
import { createConfigTree } from '../../config/config-tree.ts'
import { readDeviceSettings } from '../../config/device-settings.ts'
import { fakeCloud } from '../../testing/fake-cloud.ts'
import { fastTimings } from '../../timings.ts'
import type { Opening, Report } from './messages.ts'
import { openInOwnProcess } from './own-process.ts'
import { serveConnection } from './serve-connection.ts'

const opening: Opening = {
  settings: { ...readDeviceSettings(createConfigTree()), iotDataEndpoint: 'localhost' },
  timings: { ...fastTimings, buildRetryMs: 10 },
  identity: {
    kind: 'token',
    provider: { library: '/no/such/library.so', slot: 1, userPin: 'pin-4711' },
    keyLabel: 'gg',
    certificatePem: '',
    rootCaFile: '/no/such/ca.pem',
    fingerprint: 'first',
  },
  proxyPort: 9,
  clientId: 'T',
  resumeSession: false,
}

test('a process that cannot connect tells why without the PIN, and another is started with the identity as it is then', async () => {
  const failures: string[] = []
  const twice = Promise.withResolvers<void>()
  const connection = openInOwnProcess(
    opening,
    () => ({ ...opening, identity: { ...opening.identity, fingerprint: 'second' } }),
    {
      connected: () => {},
      disconnected: () => {},
      message: () => {},
      failed: reason => {
        failures.push(reason)
        if (failures.length === 2) twice.resolve()
      },
    },
  )
  expect(connection.fingerprint).toBe('first')
  await twice.promise
  expect(connection.fingerprint).toBe('second')
  await connection.stop()
  for (const reason of failures)
    expect(reason).toMatch(/ended with 1: Error: aws-c-io: AWS_IO_SHARED_LIBRARY_LOAD_FAILURE/u)
  expect(failures.join()).not.toContain('pin-4711')
  await expect(connection.subscribe('a', 1)).rejects.toThrow('NOT_CONNECTED')
})

test('what an order throws is the order’s answer, and the process goes on', async () => {
  const reports: Report[] = []
  const cloud = fakeCloud()
  const carryOut = serveConnection(report => reports.push(report))(events =>
    cloud.open({ clientId: 'T', resumeSession: false, events }),
  )
  await carryOut({ number: 1, order: { kind: 'subscribe', filter: 'a', qos: 1 } })
  cloud.connections.at(-1)?.connect()
  await carryOut({ number: 2, order: { kind: 'subscribe', filter: 'a', qos: 1 } })
  await carryOut({ number: 3, order: { kind: 'unsubscribe', filter: 'a' } })
  await carryOut({ number: 4, order: { kind: 'stop' } })
  expect(reports).toEqual([
    { kind: 'not-done', number: 1, reason: expect.any(String) },
    { kind: 'connected', sessionPresent: false },
    { kind: 'done', number: 2, code: expect.any(Number) },
    { kind: 'done', number: 3, code: 0 },
    { kind: 'done', number: 4, code: 0 },
  ])
})
