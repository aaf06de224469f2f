import { describe, expect, test } from 'vitest'
import { messageOf } from '../message-of.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import type { IpcConnection } from './connection.ts'
import { IpcError } from './ipc-error.ts'
import { keepSession, type SessionOptions } from './session.ts'

const lost = new IpcError('IPC_DISCONNECTED', 'lost')
const settle = async (): Promise<unknown> => new Promise(resolve => setImmediate(resolve))

class FakeConnection implements IpcConnection {
  readonly calls: string[] = []
  readonly ended: Promise<IpcError>
  end: (error: IpcError) => void = () => {}

  constructor() {
    this.ended = new Promise(resolve => {
      this.end = resolve
    })
  }

  async call(operation: string): Promise<unknown> {
    this.calls.push(operation)
    return operation
  }

  close(): void {
    this.end(lost)
  }
}

function session(options: Partial<SessionOptions> = {}) {
  const timers = new FakeTimers()
  const connections: FakeConnection[] = []
  const told: string[] = []
  const kept = keepSession({
    open: async () => {
      const connection = new FakeConnection()
      connections.push(connection)
      return connection
    },
    prepare: async connection => {
      await connection.call('Subscribe', {})
    },
    onUp: () => told.push('up'),
    onDown: error => told.push(messageOf(error)),
    timers,
    firstRetryMs: 1000,
    lastRetryMs: 4000,
    random: () => 0,
    ...options,
  })
  return { kept, timers, connections, told }
}

describe('the session with the nucleus', () => {
  test('D12: a lost connection is opened and subscribed again, for ever', async () => {
    const { kept, timers, connections, told } = session()
    await settle()
    for (const n of [0, 1, 2]) {
      expect(connections[n]?.calls).toEqual(['Subscribe'])
      connections[n]?.end(lost)
      await settle()
      expect(timers.pending()).toEqual([1000])
      timers.advance(1000)
      await settle()
    }
    expect(told).toEqual(['up', 'lost', 'up', 'lost', 'up', 'lost', 'up'])
    await expect(kept.call('GetConfiguration', {})).resolves.toBe('GetConfiguration')
    kept.stop()
  })

  test('a connection that is renewed is opened and subscribed again; without one there is nothing to renew', async () => {
    const { kept, timers, connections, told } = session()
    kept.renew()
    await settle()
    kept.renew()
    await settle()
    timers.advance(1000)
    await settle()
    expect(connections.map(({ calls }) => calls)).toEqual([['Subscribe'], ['Subscribe']])
    expect(told).toEqual(['up', 'lost', 'up'])
    kept.stop()
  })

  test('the wait doubles up to its limit, with jitter on top', async () => {
    const waits: (number | undefined)[] = []
    const { kept, timers } = session({ open: async () => Promise.reject(lost), random: () => 1 })
    for (let n = 0; n < 4; n += 1) {
      await settle()
      waits.push(timers.pending()[0])
      timers.advance(5000)
    }
    expect(waits).toEqual([1250, 2500, 5000, 5000])
    kept.stop()
  })

  test('a subscription that fails closes the connection and is tried again', async () => {
    const failing = session({ prepare: async () => Promise.reject(new IpcError('IPC_TIMEOUT', 'offline')) })
    await settle()
    expect(failing.told).toEqual(['offline'])
    await expect(failing.connections[0]?.ended).resolves.toBe(lost)
    await expect(failing.kept.call('GetConfiguration', {})).rejects.toMatchObject({
      code: 'IPC_DISCONNECTED',
    })
    failing.kept.stop()
    expect(failing.timers.pending()).toEqual([])
  })

  test('a session that is stopped stays silent', async () => {
    const { kept, timers, told } = session()
    await settle()
    kept.stop()
    await settle()
    expect(told).toEqual(['up'])
    expect(timers.pending()).toEqual([])
    const early = session()
    early.kept.stop()
    await settle()
    expect(early.told).toEqual([])
    const failing = session({ open: async () => Promise.reject(lost) })
    await settle()
    failing.kept.stop()
    expect(failing.timers.pending()).toEqual([])
  })
})
