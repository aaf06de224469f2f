import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FoundIdentities, IdentityStore } from '@rotator/component/identities/identity-store'
import type { Binding } from '@rotator/component/identities/pkcs11/pkcs11js-binding'
import { fired } from '@rotator/component/testing/fired'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harm, HarmedBinding, harms } from './harmed-binding.ts'
import { removeNote } from './in-token.ts'
import { type Bench, keep, loadedFrom, openBench, storeOn, tokenKinds } from './token-kinds.ts'
import type { OrderTask } from './token-order-process.ts'
import { type Known, type Order, orders, required } from './token-orders.ts'

const entry = fileURLToPath(new URL('token-order-process.ts', import.meta.url))

/** A pending key is another one each time that it is made. */
const shapeOf = ({ pending, ...found }: FoundIdentities) => ({ ...found, isPending: pending !== null })

type Points = (watched: HarmedBinding) => readonly number[]

const anyCall: Points = ({ calls }) => [...calls.keys()]
const anyChange: Points = ({ turningPoints }) => turningPoints

/**
 * Every token is cut before every single call. An error is made up here, and a session that is lost is SoftHSM2's to have,
 * so of these others are shown what they hold after each change.
 */
const harmsOn: Readonly<Record<string, readonly { harm: Harm; at: string; points: Points }[]>> = {
  SoftHSM2: harms.map(harm => ({ harm, at: 'any call', points: anyCall })),
  'a TPM, which cannot copy': [
    { harm: 'cut', at: 'any call', points: anyCall },
    { harm: 'failed call', at: 'any call after a change', points: anyChange },
  ],
  'SoftHSM2 that cannot relabel': [{ harm: 'cut', at: 'any call', points: anyCall }],
}

describe.each(tokenKinds)('$kind', ({ kind, make }) => {
  let bench: Bench
  const storeThrough = (binding: Binding): IdentityStore => storeOn(bench.token, binding)
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())

  /**
   * Goes through a whole rotation. Each order is harmed at each point in turn, from the same contents, and given again.
   *
   * @param ready makes ready for an order, and says where it is harmed
   * @param harm gives the order of that number, and harms it at that call
   * @returns how often
   */
  async function harmRotation(
    ready: (order: Order) => Promise<Points>,
    harm: (order: number, known: Known, at: number) => Promise<void>,
  ): Promise<number> {
    bench.renew()
    const sound = storeThrough(bench.binding)
    let known: Known = { old: required((await sound.find()).current) }
    let count = 0
    for (const [number, order] of orders.entries()) {
      const points = await ready(order)
      const { restore, forget } = keep(bench.token)
      const watched = new HarmedBinding(bench.binding, 'cut', Number.POSITIVE_INFINITY)
      await order.give(storeThrough(watched.binding), known, bench)
      const then = shapeOf(await sound.find())
      for (const at of points(watched)) {
        restore()
        await harm(number, known, at)
        count += 1
        const where = `${order.name}, harmed at ${watched.calls[at]}, call ${at}`
        const { current } = await sound.find()
        expect([known.old, known.new].map(id => ({ where, id }))).toContainEqual({ where, id: current })
        // Between two calls that only read the token holds the same.
        const loaded = watched.turningPoints.includes(at) ? loadedFrom(bench.token) : current
        expect({ where, loaded }).toEqual({ where, loaded: current })
        await order.give(sound, known, bench)
        expect({ where, ...shapeOf(await sound.find()) }).toEqual({ where, ...then })
      }
      restore()
      forget()
      known = await order.give(sound, known, bench)
      expect(loadedFrom(bench.token)).toBe((await sound.find()).current)
    }
    return count
  }

  const harmBy =
    (harm: Harm) =>
    async (number: number, known: Known, at: number): Promise<void> => {
      const harmed = new HarmedBinding(bench.binding, harm, at)
      // That it fails is not asked for: some calls are only tidying up.
      await orders[number]?.give(storeThrough(harmed.binding), known, bench).catch(() => undefined)
      harmed.end()
      expect(harmed.hasFired).toBe(true)
    }

  test.for(harmsOn[kind] ?? [])(
    'D13: a $harm at $at of a rotation leaves one identity that connects, and the order given again is done',
    { timeout: 30 * 60_000 },
    async ({ harm, points }, { task }) => {
      const count = await harmRotation(async () => points, harmBy(harm))
      expect(count).toBeGreaterThan(0)
      fired(task, count)
    },
  )

  test('D11, D13: a cut after any change of a way back or forward before which somebody has removed the note is completed', {
    timeout: 10 * 60_000,
  }, async ({ task }) => {
    const ready = async ({ name }: Order): Promise<Points> => {
      if (name !== 'roll back' && name !== 'go forward') return () => []
      await removeNote(bench)
      return anyChange
    }
    const count = await harmRotation(ready, harmBy('cut'))
    expect(count).toBeGreaterThan(0)
    fired(task, count)
  })

  test('D13: a process killed wherever the token has changed leaves one identity that connects, and the order given again is done', {
    timeout: 30 * 60_000,
  }, async ({ task }) => {
    const count = await harmRotation(
      async () => anyChange,
      async (number, known, at) => {
        expect(await killedProcess(bench, number, known, at)).toBe('SIGKILL')
      },
    )
    fired(task, count)
  })
})

/** @returns what ended it */
async function killedProcess(
  { token, bindingFile }: Bench,
  order: number,
  known: Known,
  killAt: number,
): Promise<string> {
  const { library, slot, userPin, environment } = token
  const task: OrderTask = { token: { library, slot, userPin }, bindingFile, order, known, killAt }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', piece => (said += String(piece)))
  child.stdin.end(JSON.stringify(task))
  const [code, signal] = await once(child, 'close')
  return String(signal ?? `exit code ${code}: ${said}`)
}
