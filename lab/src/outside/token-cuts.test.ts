import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FoundIdentities, IdentityStore } from '@rotator/component/identities/identity-store'
import type { Binding } from '@rotator/component/identities/pkcs11/pkcs11js-binding'
import { fired } from '@rotator/component/testing/fired'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harm, HarmedBinding, harms } from './harmed-binding.ts'
import { type Bench, keep, loadedFrom, openBench, storeOn, tokenKinds } from './token-kinds.ts'
import type { OrderTask } from './token-order-process.ts'
import { type Known, type Order, orders, required } from './token-orders.ts'

const entry = fileURLToPath(new URL('token-order-process.ts', import.meta.url))

/** A pending key is another one each time that it is made. */
const shapeOf = ({ pending, ...found }: FoundIdentities) => ({ ...found, isPending: pending !== null })

/** All on one; what is special to the others shows by what they hold after a cut, and by how they answer. */
const harmsOn: Readonly<Record<string, readonly Harm[]>> = {
  'a TPM, which cannot copy': ['cut', 'failed call'],
  'SoftHSM2 that cannot relabel': ['cut'],
}

describe.each(tokenKinds)('$kind', ({ kind, make }) => {
  let bench: Bench
  const storeThrough = (binding: Binding): IdentityStore => storeOn(bench.token, binding)
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())

  /** Gives one order with the harm at each call in turn, from the same contents, then looks and gives it again. */
  async function harmEverywhere(order: Order, known: Known, harm: Harm, then: object): Promise<number> {
    const { restore, forget } = keep(bench.token)
    for (let at = 0; ; at += 1) {
      restore()
      const harmed = new HarmedBinding(bench.binding, harm, at)
      // That it fails is not asked for: some calls are only tidying up.
      await order.give(storeThrough(harmed.binding), known, bench).catch(() => undefined)
      harmed.end()
      if (!harmed.hasFired) {
        forget()
        return at
      }
      const where = `${order.name}, ${harm} at ${harmed.calls[at]}, call ${at}`
      const sound = storeThrough(bench.binding)
      const { current } = await sound.find()
      expect([known.old, known.new].map(id => ({ where, id }))).toContainEqual({ where, id: current })
      // Between two calls that only read the token holds the same.
      const loaded = harmed.hasChanged ? loadedFrom(bench.token) : current
      expect({ where, loaded }).toEqual({ where, loaded: current })
      await order.give(sound, known, bench)
      expect({ where, ...shapeOf(await sound.find()) }).toEqual({ where, ...then })
    }
  }

  test.for(harmsOn[kind] ?? harms)(
    'D13: a %s at any call of a rotation leaves one identity that connects, and the order given again is done',
    { timeout: 15 * 60_000 },
    async (harm, { task }) => {
      bench.renew()
      const sound = storeThrough(bench.binding)
      let known: Known = { old: required((await sound.find()).current) }
      for (const order of orders) {
        const { restore, forget } = keep(bench.token)
        await order.give(sound, known, bench)
        const then = shapeOf(await sound.find())
        restore()
        fired(task, await harmEverywhere(order, known, harm, then))
        restore()
        forget()
        known = await order.give(sound, known, bench)
        expect(loadedFrom(bench.token)).toBe((await sound.find()).current)
      }
    },
  )

  test('D13: a process killed wherever the token has changed leaves one identity that connects, and the order given again is done', {
    timeout: 15 * 60_000,
  }, async ({ task }) => {
    bench.renew()
    const sound = storeThrough(bench.binding)
    let known: Known = { old: required((await sound.find()).current) }
    for (const [index, order] of orders.entries()) {
      const { restore, forget } = keep(bench.token)
      const watched = new HarmedBinding(bench.binding, 'cut', Number.POSITIVE_INFINITY)
      await order.give(storeThrough(watched.binding), known, bench)
      const then = shapeOf(await sound.find())
      for (const killAt of watched.turningPoints) {
        restore()
        const where = `${order.name}, killed before ${watched.calls[killAt]}, call ${killAt}`
        expect({ where, signal: await killedProcess(bench, index, known, killAt) }).toEqual({
          where,
          signal: 'SIGKILL',
        })
        fired(task)
        const { current } = await sound.find()
        expect({ where, loaded: loadedFrom(bench.token) }).toEqual({ where, loaded: current })
        await order.give(sound, known, bench)
        expect({ where, ...shapeOf(await sound.find()) }).toEqual({ where, ...then })
      }
      restore()
      forget()
      known = await order.give(sound, known, bench)
    }
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
