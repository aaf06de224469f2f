import { createHash } from 'node:crypto'
import { initialState } from '@rotator/rotation/device/derive'
import { type ServiceDigest, serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { cutLeaves, PowerCut, SimulatedDisk } from '../testing/simulated-disk.ts'
import { Journal } from './journal.ts'

const digest = (text: string): ServiceDigest =>
  v.parse(serviceDigestSchema, createHash('sha256').update(text).digest('hex'))
const [before, after] = [initialState(digest('before')), initialState(digest('after'))]
const folder = '/work'
const owner = { uid: 5, gid: 6 }

let disk: SimulatedDisk

beforeEach(() => {
  disk = new SimulatedDisk()
  disk.makeFolder(folder, { mode: 0o755, ...owner })
  disk.settleAll()
})

const journal = (): Journal => new Journal(disk, folder, owner)

describe('the journal', () => {
  test('gives back what was written, to the next process too', () => {
    const first = journal()
    expect(first.read()).toEqual({ kind: 'none' })
    expect(first.write(before)).toEqual({ ok: true })
    expect(journal().read()).toEqual({ kind: 'read', state: before })
  })

  test('A6: can be read by its owner only', () => {
    journal().write(before)
    expect(disk.look('/work/journal.json')).toEqual({ kind: 'file', mode: 0o600, ...owner })
  })

  test('writes nothing where nothing changed, also after it was read', () => {
    journal().write(before)
    const next = journal()
    next.read()
    disk.operations = []
    next.write(before)
    expect(disk.operations).toEqual([])
  })

  test('D2: after a power cut anywhere the journal is the one before or the one after', () => {
    journal().write(before)
    journal().read()
    disk.settleAll()
    journal().write(after)
    const operations = disk.operations.length
    let cuts = 0
    for (let at = 0; at < operations; at += 1) {
      for (const leaves of cutLeaves) {
        journal().write(before)
        disk.settleAll()
        disk.cutBefore = at
        expect(() => journal().write(after)).toThrow(PowerCut)
        cuts += 1
        disk.powerUp(leaves)
        const reading = journal().read()
        expect(
          reading.kind === 'read' && [before.service, after.service].includes(reading.state.service),
        ).toBe(true)
        expect(journal().write(after)).toEqual({ ok: true })
      }
    }
    expect(cuts).toBe(operations * cutLeaves.length)
    disk.powerUp('nothing')
    expect(journal().read()).toEqual({ kind: 'read', state: after })
  })

  test.each([
    ['empty', ''],
    ['torn', '{"version":1,"state":{"phase":'],
    ['from a newer version', '{"version":2,"state":{}}'],
    ['from no journal at all', 'garbage'],
  ])('D10: a journal that is %s is set aside and kept', (_name, text) => {
    for (const n of [1, 2]) {
      disk.create('/work/journal.json', Buffer.from(text), { mode: 0o600, ...owner })
      const kept = `/work/journal.set-aside-${n}.json`
      expect(journal().read()).toEqual({ kind: 'set-aside', remark: expect.stringContaining(kept) })
      expect(disk.read(kept).toString()).toBe(text)
      expect(journal().read()).toEqual({ kind: 'none' })
    }
  })

  test('D3: on a full disk the reserved space is used, and the next write still reports the truth', () => {
    const full = journal()
    full.read()
    let isFull = true
    disk.failure = operation =>
      operation === 'create' && isFull && disk.look('/work/journal.reserve') !== undefined
        ? 'ENOSPC'
        : undefined
    expect(full.write(before)).toEqual({ ok: true })
    disk.failure = operation => (operation === 'create' && isFull ? 'ENOSPC' : undefined)
    expect(full.write(after)).toEqual({
      ok: false,
      problem: expect.stringMatching(/ENOSPC.*Nothing is done until it can/u),
    })
    isFull = false
    expect(full.write(after)).toEqual({ ok: true })
    expect(journal().read()).toEqual({ kind: 'read', state: after })
  })

  test('D3: an error that is not a full disk leaves the reserve alone', () => {
    const failing = journal()
    failing.read()
    disk.failure = operation => (operation === 'rename' ? 'EIO' : undefined)
    expect(failing.write(before)).toMatchObject({ ok: false, problem: expect.stringContaining('EIO') })
    expect(disk.look('/work/journal.reserve')).toBeDefined()
  })

  test('D3: a reserve that cannot be made is done without', () => {
    disk.failure = operation => (operation === 'create' ? 'ENOSPC' : undefined)
    expect(journal().read()).toEqual({ kind: 'none' })
    disk.cutBefore = disk.operations.length
    disk.failure = undefined
    expect(() => journal().read()).toThrow(PowerCut)
  })
})
