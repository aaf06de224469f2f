import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreError } from '../identities/identity-store.ts'
import type { TokenSettings } from '../identities/pkcs11/token-settings.ts'
import { toWire } from '../identities/pkcs11/token-settings.ts'
import { Secret } from '../secret.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import type { FakeToken } from '../testing/fake-token.ts'
import { fired } from '../testing/fired.ts'
import { algorithms, execution, prepare } from '../testing/identity-store-contract.ts'
import { SimulatedDisk } from '../testing/simulated-disk.ts'
import { TestAuthority } from '../testing/test-authority.ts'
import { accessTo, tokenWith } from '../testing/token-device.ts'
import { systemTimers } from '../timers.ts'
import { type AskChild, askOnToken } from './ask-child.ts'
import { childIdentityStore, tokenHome } from './child-identity-store.ts'
import { performTask } from './perform-task.ts'

const authority = new TestAuthority()
const pin = '8492-pin'
const settings: TokenSettings = {
  label: 'device',
  library: '/usr/lib/none.so',
  slot: 7,
  userPin: new Secret(pin),
}
let folder: string
let token: FakeToken

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'token-tasks-'))
  token = tokenWith(await authority.identity())
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Orders as children carry them out, in this process, so that the token can be one in memory. */
const askHere: AskChild = async (name, order) => {
  const request = JSON.stringify({ token: toWire(accessTo(token).settings), ...order })
  const host = { fs: new SimulatedDisk(), loadToken: async () => token.open }
  const reply = await performTask(host, name, request)
  if (reply.ok) return reply.answer
  if (reply.failure === undefined) throw new Error(reply.message)
  throw new StoreError(reply.failure.code, reply.message, { lookAgain: reply.failure.lookAgain })
}

test('a refusal of a key that tells to look again is passed on, and is no answer', async () => {
  const changed = new StoreError('INSTALL_FAILED', 'Somebody has put another identity in place.', {
    lookAgain: true,
  })
  const store = childIdentityStore(async () => Promise.reject(changed), folder)
  await expect(store.makePending(execution, algorithms, 0)).rejects.toBe(changed)
})

/** A child that notes what it is given, writes what it is told to, and ends. */
function childThat(writes: string): { runner: Parameters<typeof askOnToken>[0]; seen: () => string[] } {
  const [program, notes] = [join(folder, 'child.mjs'), join(folder, 'notes')]
  writeFileSync(notes, '')
  writeFileSync(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs'
process.stdin.once('data', input => {
  const environment = readFileSync('/proc/self/environ', 'latin1')
  const seen = { argv: process.argv.slice(2), environment, input: String(input) }
  appendFileSync(${JSON.stringify(notes)}, JSON.stringify(seen) + '\\n')
  ${writes}
  process.exit(0)
})`,
  )
  const variables = { SOFTHSM2_CONF: '/etc/softhsm2.conf' }
  const runner = { node: process.execPath, program, timers: systemTimers, timeoutMs: 60_000, variables }
  return { runner, seen: () => readFileSync(notes, 'utf8').split('\n').filter(Boolean) }
}

test('every order reaches the token', async () => {
  const store = childIdentityStore(askHere, folder)
  const ids = await prepare(store, async csr => authority.issue(csr))
  await store.place({ current: ids.new, previous: ids.old })
  expect(await store.find()).toMatchObject({ current: ids.new, previous: ids.old, execution })
  await store.drop()
  expect(await store.find()).toMatchObject({ current: ids.new, previous: null })
})

test('D14: a token that does not let an object be destroyed is asked ten times, and then to leave it', async ({
  task,
}) => {
  const asked: unknown[] = []
  let problem: StoreError | undefined = new StoreError('HSM_FAILED', 'It is away (C_OpenSession).')
  const ask: AskChild = async (name, order) => {
    asked.push(order)
    if (problem !== undefined) throw problem
    return askHere(name, order)
  }
  const store = childIdentityStore(ask, folder)
  for (let times = 0; times < 20; times += 1) await store.drop().catch(() => {})
  problem = new StoreError('HSM_FAILED', 'It does not (C_DestroyObject: CKR_FUNCTION_FAILED).')
  for (let times = 0; times < 10; times += 1) await store.drop().catch(() => {})
  expect(asked).toEqual(Array.from({ length: 30 }, () => ({ isLastTry: false })))
  problem = undefined
  await store.drop()
  await store.drop()
  expect(asked.slice(30)).toEqual([{ isLastTry: true }, { isLastTry: false }])
  fired(task, 10)
})

test('what a token cannot do is answered without a login; files are not asked', async () => {
  const home = tokenHome(askHere)
  expect(await home.refusal(algorithms)).toBeUndefined()
  expect(await home.refusal({ ...algorithms, keyAlgorithm: 'ECDSA-P521' })).toMatch(/HSM/u)
  expect(token.calls).not.toContain('C_Login')
  token.isPresent = false
  await expect(home.refusal(algorithms)).rejects.toMatchObject({ code: 'HSM_FAILED' })
  const onFiles = JSON.stringify({ paths: {}, algorithms })
  const host = { fs: new SimulatedDisk(), loadToken: async () => token.open }
  expect(await performTask(host, 'judge-algorithms', onFiles)).toEqual({ ok: true, answer: {} })
})

test('A6: the PIN is on the input of the child, and in no argument, variable or error', async () => {
  const { runner, seen } = childThat(
    "process.stdout.write('vendor banner\\n' + JSON.stringify({ ok: false, message: 'vendor says ' + JSON.parse(input).token.userPin }))",
  )
  const store = childIdentityStore(
    askOnToken(runner, async () => settings),
    folder,
  )
  const error = await store.find().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: expect.stringContaining('vendor says [PIN]') })
  expect(String(error)).not.toContain(pin)
  const [noted] = seen().map(line => JSON.parse(line))
  expect(noted.argv).toEqual(['--task', 'find'])
  expect(noted.environment).toContain('SOFTHSM2_CONF=/etc/softhsm2.conf')
  expect(noted.argv.join() + noted.environment).not.toContain(pin)
  expect(JSON.parse(noted.input)).toMatchObject({ token: { userPin: pin } })
}, 60_000)

test('A6: neither an answer nor the last words of a child show the PIN, and ids stay as they are', async () => {
  const odd = { ...settings, userPin: new Secret('84"92') }
  const id = '84"92-is-part-of-an-id'
  const answers = childThat(
    `process.stdout.write(JSON.stringify({ ok: true, answer: { current: ${JSON.stringify(id)}, remark: 'it says ' + JSON.parse(input).token.userPin } }))`,
  )
  const found = childIdentityStore(
    askOnToken(answers.runner, async () => odd),
    folder,
  ).find()
  expect(await found).toEqual({ current: id, remark: 'it says [PIN]' })
  // Cut at 1000 characters, the first of these would show a part of it.
  const dies = childThat(
    "process.stderr.write(String(input).trim() + JSON.parse(input).token.userPin + 'x'.repeat(998)); process.exitCode = 1",
  )
  const error = await childIdentityStore(
    askOnToken(dies.runner, async () => odd),
    folder,
  )
    .find()
    .catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('xxx')
  expect(String(error)).not.toMatch(/92x|84/u)
}, 60_000)

const refusal = {
  ok: false,
  message: 'The PIN is wrong.',
  failure: { code: 'HSM_PIN_REFUSED', lookAgain: false },
}
const notMade = { kind: 'pending-not-made', code: 'HSM_PIN_REFUSED', reason: 'The PIN is wrong.' }

test.each([
  [
    'an order to look',
    refusal,
    (store: ReturnType<typeof childIdentityStore>) => store.find().catch(() => {}),
  ],
  [
    'an order to make a key',
    { ok: true, answer: notMade },
    (store: ReturnType<typeof childIdentityStore>) => store.makePending(execution, algorithms, 0),
  ],
])(
  'D13: a PIN that the token refused in %s is not tried by another child, until it is another PIN',
  async (_name, reply, order) => {
    const { runner, seen } = childThat(`process.stdout.write(${JSON.stringify(JSON.stringify(reply))})`)
    let given = settings
    const store = childIdentityStore(
      askOnToken(runner, async () => given),
      folder,
    )
    await order(store)
    await expect(store.find()).rejects.toMatchObject({
      code: 'HSM_PIN_REFUSED',
      message: expect.stringMatching(/The PIN is wrong\. The PIN is not tried again/u),
    })
    expect(await store.makePending(execution, algorithms, 0)).toMatchObject({ code: 'HSM_PIN_REFUSED' })
    expect(seen()).toHaveLength(1)
    given = { ...settings, userPin: new Secret('another') }
    await order(store)
    expect(seen()).toHaveLength(2)
  },
  60_000,
)

const busy = 'The HSM could not make a key (C_GenerateKeyPair: CKR_GENERAL_ERROR).'

test.each<[string, object]>([
  ['tells as an error', { ok: false, message: busy, failure: { code: 'HSM_FAILED', lookAgain: false } }],
  [
    'tells as an answer',
    { ok: true, answer: { kind: 'pending-not-made', code: 'HSM_FAILED', reason: busy } },
  ],
])(
  'D13: what a library %s while others use the token is asked once more',
  async (_name, reply) => {
    const { runner, seen } = childThat(`
  const isFirst = readFileSync(${JSON.stringify(join(folder, 'notes'))}, 'utf8').split('\\n').length < 3
  process.stdout.write(isFirst ? ${JSON.stringify(JSON.stringify(reply))} : '{"ok":true,"answer":{"kind":"done"}}')`)
    const store = childIdentityStore(
      askOnToken(runner, async () => settings),
      folder,
    )
    expect(await store.makePending(execution, algorithms, 0)).toEqual({ kind: 'done' })
    expect(seen()).toHaveLength(2)
  },
  60_000,
)

test('D13: a PIN that is refused to one of two orders at once is not tried for the other', async ({
  task,
}) => {
  const { runner, seen } = childThat(`process.stdout.write(${JSON.stringify(JSON.stringify(refusal))})`)
  const store = childIdentityStore(
    askOnToken(runner, async () => settings),
    folder,
  )
  const ends = await Promise.allSettled([store.find(), store.find()])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(seen()).toHaveLength(1)
  fired(task)
}, 60_000)

test('D13: a PIN that has worked is tried again some time after the token refused it', async ({ task }) => {
  const { runner, seen } = childThat(`
  const isSecond = readFileSync(${JSON.stringify(join(folder, 'notes'))}, 'utf8').split('\\n').length === 3
  process.stdout.write(isSecond ? ${JSON.stringify(JSON.stringify(refusal))} : '{"ok":true,"answer":{"remark":"found"}}')`)
  const timers = new FakeTimers()
  const store = childIdentityStore(
    askOnToken({ ...runner, timers }, async () => settings),
    folder,
  )
  expect(await store.find()).toEqual({ remark: 'found' })
  await expect(store.find()).rejects.toMatchObject({ code: 'HSM_PIN_REFUSED' })
  await expect(store.find()).rejects.toThrow(/has worked before/u)
  fired(task, seen().length - 1)
  timers.advance(10 * 60_000)
  expect(await store.find()).toEqual({ remark: 'found' })
  expect(seen()).toHaveLength(3)
}, 60_000)

test('a token that only told what it can do has taken no PIN yet', async () => {
  const { runner, seen } = childThat(`process.stdout.write(JSON.parse(input).algorithms === undefined
    ? ${JSON.stringify(JSON.stringify(refusal))} : '{"ok":true,"answer":{}}')`)
  const timers = new FakeTimers()
  const ask = askOnToken({ ...runner, timers }, async () => settings)
  expect(await tokenHome(ask).refusal(algorithms)).toBeUndefined()
  const store = childIdentityStore(ask, folder)
  await expect(store.find()).rejects.toMatchObject({ code: 'HSM_PIN_REFUSED' })
  timers.advance(24 * 60 * 60_000)
  await expect(store.find()).rejects.toThrow(/not tried again/u)
  expect(seen()).toHaveLength(2)
}, 60_000)

test('D13: a login that the token answers with CKR_GENERAL_ERROR is given again, but not at once', async ({
  task,
}) => {
  const message = 'The HSM could not let the component log in (C_Login: CKR_GENERAL_ERROR).'
  const reply = { ok: false, message, failure: { code: 'HSM_LOGIN_FAILED', lookAgain: false } }
  const { runner, seen } = childThat(`
  const isFirst = readFileSync(${JSON.stringify(join(folder, 'notes'))}, 'utf8').split('\\n').length < 3
  process.stdout.write(isFirst ? ${JSON.stringify(JSON.stringify(reply))} : '{"ok":true,"answer":{"remark":"found"}}')`)
  const timers = new FakeTimers()
  const store = childIdentityStore(
    askOnToken({ ...runner, timers }, async () => settings),
    folder,
  )
  await expect(store.find()).rejects.toMatchObject({ code: 'HSM_LOGIN_FAILED' })
  await expect(store.find()).rejects.toMatchObject({ code: 'HSM_LOGIN_FAILED' })
  expect(seen()).toHaveLength(1)
  timers.advance(30_000)
  expect(await store.find()).toEqual({ remark: 'found' })
  fired(task)
}, 60_000)

test('a fault of ours is not one of the token', async () => {
  const { runner } = childThat('')
  const ask = askOnToken(runner, async () => {
    throw new TypeError('a bug')
  })
  await expect(childIdentityStore(ask, folder).find()).rejects.toThrow(TypeError)
})
