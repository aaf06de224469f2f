import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConfigChange, type ConfigValue, createConfigTree } from './config-tree.ts'
import { formatTransaction, isLogged, parseTransactionLog } from './transaction-log.ts'

const changesOf = (text: string): ConfigChange[] => {
  const parsed = parseTransactionLog(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.changes
}

test('lines have the form that the nucleus writes', () => {
  const at = { path: ['system', 'thingName'], atMs: 1_588_872_929_914 }
  expect(formatTransaction({ what: 'changed', ...at, value: 'device-1' })).toBe(
    '{"TS":1588872929914,"TP":["system","thingName"],"W":"changed","V":"device-1"}\n',
  )
  expect(formatTransaction({ what: 'removed', ...at })).toBe(
    '{"TS":1588872929914,"TP":["system","thingName"],"W":"removed","V":null}\n',
  )
})

test('private keys are not logged', () => {
  expect(isLogged({ what: 'interiorAdded', path: ['services', 'a', '_private', 'SVCUID'], atMs: 1 })).toBe(
    false,
  )
  expect(isLogged({ what: 'interiorAdded', path: ['services', 'a_b'], atMs: 1 })).toBe(true)
})

const name = fc.constantFrom('a', 'b', 'C', 'configuration', 'with space')
const value: fc.Arbitrary<ConfigValue> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
)
const path = fc.array(name, { minLength: 1, maxLength: 3 })
const atMs = fc.integer({ min: 1, max: 20 })
const change: fc.Arbitrary<ConfigChange> = fc.oneof(
  fc.record({ what: fc.constant('changed' as const), path, atMs, value }),
  fc.record({ what: fc.constantFrom('removed' as const, 'timestampUpdated', 'interiorAdded'), path, atMs }),
)

test('a tree is the same after its changes went through the log', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), changes => {
      const live = createConfigTree()
      const log = changes
        .filter(one => live.apply(one))
        .map(formatTransaction)
        .join('')
      if (log === '') return
      expect(createConfigTree(changesOf(log)).get([])).toEqual(live.get([]))
    }),
  )
})

test('a dump rebuilds the tree', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), changes => {
      const live = createConfigTree(changes)
      const rebuilt = createConfigTree(live.dump())
      expect(rebuilt.get([])).toEqual(live.get([]))
      expect(rebuilt.dump()).toEqual(live.dump())
    }),
  )
})

describe('an invalid log', () => {
  const line = formatTransaction({ what: 'changed', path: ['a'], atMs: 1, value: 1 })

  test('is an empty one, one with a torn line, or one full of zeros', () => {
    for (const text of [
      '',
      `${line}{"TS":2,"TP":["a"`,
      `${line}\0\0\0`,
      '\0\0',
      `${line}[]\n`,
      `${line}{}\n`,
    ]) {
      expect(parseTransactionLog(text).ok).toBe(false)
    }
  })

  test('says which line is wrong', () => {
    expect(parseTransactionLog(`${line}{"W":"changed"}\n`)).toEqual({
      ok: false,
      reason: 'line 2 of the transaction log is not a transaction',
    })
  })

  test('is not one whose last line lacks its end, or one with events that change nothing', () => {
    expect(changesOf(line.trimEnd())).toHaveLength(1)
    expect(changesOf('{"TS":1,"TP":["a"],"W":"initialized","V":null}\n')).toEqual([])
  })
})
