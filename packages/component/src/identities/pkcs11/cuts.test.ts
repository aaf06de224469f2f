import { generateKeyPairSync } from 'node:crypto'
import { type Algorithms, algorithmPairs } from '@rotator/protocol/algorithms'
import type { CertificateId } from '@rotator/protocol/ids'
import { beforeAll, expect, test } from 'vitest'
import { type CallFate, changingCalls, type FakeToken, TokenCut } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { execution } from '../../testing/identity-store-contract.ts'
import { idOf, TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import {
  inventory,
  lookInto,
  pooledKeys,
  storeIn,
  tokenLabels,
  tokenWith,
} from '../../testing/token-device.ts'
import { type FoundIdentities, StoreError } from '../identity-store.ts'

const authority = new TestAuthority()
const identities: Partial<Record<string, TestIdentity>> = {}
const families = ['RSA', 'EC'] as const
const ways = ['relabels', 'copies'] as const
type Way = (typeof ways)[number]

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  identities['RSA'] = await authority.identity({}, privateKey)
  identities['EC'] = await authority.identity()
})

const orders = ['make', 'check', 'install', 'roll back', 'roll forward', 'drop'] as const
type Order = (typeof orders)[number]

/** In each the one identity is whole under the label of the other that was in use. */
const returns: readonly Order[] = ['roll back', 'roll forward']

/** What the loop does with a token, as its journal would resume it. */
class Device {
  readonly token: FakeToken
  readonly #algorithms: Algorithms
  readonly #old: CertificateId
  new: CertificateId | undefined

  constructor(token: FakeToken, algorithms: Algorithms, old: CertificateId, made?: CertificateId) {
    this.token = token
    this.#algorithms = algorithms
    this.#old = old
    this.new = made
  }

  with(token: FakeToken): Device {
    return new Device(token, this.#algorithms, this.#old, this.new)
  }

  async find(): Promise<FoundIdentities> {
    return storeIn(this.token).find()
  }

  /** @throws StoreError also where a key could not be made */
  async give(order: Order): Promise<void> {
    const store = storeIn(this.token)
    const [old, made] = [this.#old, this.new ?? this.#old]
    switch (order) {
      case 'make': {
        const outcome = await store.makePending(execution, this.#algorithms, Date.now())
        if (outcome.kind === 'pending-not-made') throw new StoreError(outcome.code, outcome.reason)
        return
      }
      case 'check':
        return this.#check()
      case 'install':
      case 'roll forward':
        return store.place({ current: made, previous: old })
      case 'roll back':
        return store.place({ current: old, previous: made })
      case 'drop':
        return store.drop()
    }
  }

  async #check(): Promise<void> {
    const store = storeIn(this.token)
    const { pending } = await store.find()
    if (pending === null) throw new Error('the pending key is lost')
    const pem = await authority.issue((await store.pendingCsr(pending)) ?? '')
    const check = await store.checkCertificate(pending, pem, Date.now())
    if (check.kind !== 'certificate-usable') throw new Error(check.kind)
    this.new = idOf(pem)
  }

  /** Both identities are there until one of them is dropped. @returns what is not as it must be */
  async unsafe(order: Order): Promise<string[]> {
    const look = await lookInto(this.token)
    const isMade = order !== 'make' && order !== 'check'
    const wanted = [order === 'drop' ? undefined : this.#old, isMade ? this.new : undefined]
    const lost = wanted.filter(id => id !== undefined).filter(id => !look.complete.has(id))
    return [...(look.isSafe ? [] : ['nothing for the nucleus']), ...lost]
  }
}

function deviceOf(family: (typeof families)[number], way: Way): Device {
  const identity = identities[family]
  if (identity === undefined) throw new Error('not made yet')
  const token = tokenWith(identity, pooledKeys())
  token.can.relabels = way === 'relabels'
  token.can.copies = way === 'copies'
  const [algorithms] = algorithmPairs.filter(({ keyAlgorithm }) => keyAlgorithm === keyOf[family])
  if (algorithms === undefined) throw new Error('no algorithms')
  return new Device(token, algorithms, identity.certificateId)
}

const keyOf = { RSA: 'RSA-2048', EC: 'ECDSA-P256' } as const

/** The fates of one call that end in different states, or in different knowledge of it. */
const fatesOf = (call: string): CallFate[] => {
  const failure: CallFate = { kind: 'fails', ckr: 'CKR_DEVICE_ERROR' }
  if (!changingCalls.includes(call)) return [failure]
  return [
    failure,
    { kind: 'fails-after', ckr: 'CKR_DEVICE_ERROR' },
    { kind: 'session-lost', ckr: 'CKR_SESSION_HANDLE_INVALID' },
    'cut-before',
    'cut-after',
  ]
}

/** One call of a token meets a fate. @returns whether it has */
function meet(token: FakeToken, at: number, fate: CallFate): () => boolean {
  const first = token.calls.length
  let isMet = false
  token.fate = call => {
    if (call - first !== at) return undefined
    isMet = true
    return fate
  }
  return () => isMet
}

/** An order that meets a fate ends in the cut, or in a failure that the loop understands. */
async function giveInVain(device: Device, order: Order): Promise<void> {
  const outcome = await device.give(order).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const isUnderstood = outcome === undefined || outcome instanceof TokenCut || outcome instanceof StoreError
  if (!isUnderstood) throw outcome
  device.token.fate = () => undefined
}

const timeoutMs = 180_000

/**
 * Gives an order, having shown from the same contents that it stands whatever becomes of any of its calls.
 *
 * @returns how often it was harmed
 */
async function giveHarmed(
  device: Device,
  order: Order,
  isHarmed: (call: string) => boolean,
): Promise<number> {
  let met = 0
  const before = device.token.clone()
  const first = device.token.calls.length
  await device.give(order)
  const calls = device.token.calls.slice(first)
  const expected = { found: withoutDigest(await device.find()), inventory: inventory(device.token) }
  for (const [at, call] of calls.entries()) {
    if (!isHarmed(call)) continue
    for (const fate of fatesOf(call)) {
      const cut = device.with(before.clone())
      const isMet = meet(cut.token, at, fate)
      await giveInVain(cut, order)
      met += Number(isMet())
      const where = `${order}, call ${at} (${call}): ${JSON.stringify(fate)}`
      expect({ where, unsafe: await cut.unsafe(order) }).toEqual({ where, unsafe: [] })
      const found = await cut.find()
      expect({ where, isFound: found.current !== null }).toEqual({ where, isFound: true })
      await cut.give(order)
      const after = { found: withoutDigest(await cut.find()), inventory: inventory(cut.token) }
      expect({ where, after }).toEqual({ where, after: expected })
    }
  }
  return met
}

for (const family of families) {
  test.for<Way>(ways)(
    `D13: with an ${family} key in a token that %s, what any call that is cut or fails once leaves is completed by the next order`,
    { timeout: timeoutMs },
    async (way, { task }) => {
      let met = 0
      const device = deviceOf(family, way)
      // What reads is the same for every kind of key.
      const isHarmed = (call: string): boolean => family === 'EC' || changingCalls.includes(call)
      for (const order of orders) met += await giveHarmed(device, order, isHarmed)
      expect(met).toBeGreaterThan(150)
      fired(task, met)
    },
  )
}

test.for<Way>(ways)(
  'D11, D13: in a token that %s a cut on a way back before which somebody has removed the note is completed, too',
  { timeout: timeoutMs },
  async (way, { task }) => {
    let met = 0
    const device = deviceOf('EC', way)
    for (const order of orders) {
      if (!returns.includes(order)) {
        await device.give(order)
        continue
      }
      const note = [...device.token.objects].find(([, { label }]) => label === tokenLabels.note)
      expect(device.token.objects.delete(note?.[0] ?? 0)).toBe(true)
      met += await giveHarmed(device, order, call => changingCalls.includes(call))
    }
    expect(met).toBeGreaterThan(50)
    expect(inventory(device.token)).toHaveLength(2)
    fired(task, met)
  },
)

/** Of another key the request is another. */
const withoutDigest = (found: FoundIdentities) => ({ ...found, pending: found.pending !== null })
