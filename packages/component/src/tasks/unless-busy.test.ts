import { expect, test } from 'vitest'
import { StoreError } from '../identities/identity-store.ts'
import { fired } from '../testing/fired.ts'
import { unlessBusy } from './unless-busy.ts'

const busy = 'The HSM could not make a key (C_GenerateKeyPair: CKR_GENERAL_ERROR).'
const isBusy = { kind: 'pending-not-made', code: 'HSM_FAILED', reason: busy }

/** Pauses that are over as soon as they begin. */
function noted(): { pausesMs: number[]; timers: Parameters<typeof unlessBusy>[0] } {
  const pausesMs: number[] = []
  const after = (delayMs: number, task: () => void) => {
    pausesMs.push(delayMs)
    queueMicrotask(task)
    return () => {}
  }
  return { pausesMs, timers: { now: () => 0, after } }
}

/** Answers, or fails, as told, one after the other; the last again and again. */
function scripted(...outcomes: [unknown, ...unknown[]]) {
  let calls = 0
  const order = async (): Promise<unknown> => {
    const outcome = outcomes[Math.min(calls, outcomes.length - 1)]
    calls += 1
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  return { order, calls: () => calls }
}

test('D13: a token that others keep busy is asked again, after longer and longer pauses', async ({
  task,
}) => {
  const { pausesMs, timers } = noted()
  const { order, calls } = scripted(new StoreError('HSM_FAILED', busy), isBusy, isBusy, { kind: 'done' })
  expect(await unlessBusy(timers, order)).toEqual({ kind: 'done' })
  expect(pausesMs).toEqual([1_000, 3_000, 9_000])
  fired(task, calls() - 1)
})

test('D13: a token that stays busy says so in the end', async ({ task }) => {
  const { timers } = noted()
  const answering = scripted(isBusy)
  expect(await unlessBusy(timers, answering.order)).toEqual(isBusy)
  const failing = scripted(new StoreError('HSM_FAILED', busy))
  await expect(unlessBusy(timers, failing.order)).rejects.toThrow('CKR_GENERAL_ERROR')
  expect([answering.calls(), failing.calls()]).toEqual([4, 4])
  fired(task, answering.calls() + failing.calls())
})

const login = 'The HSM could not let the component log in (C_Login: CKR_GENERAL_ERROR).'

test.for<[string, unknown]>([
  ['fails', new StoreError('HSM_LOGIN_FAILED', login)],
  ['is answered', { kind: 'pending-not-made', code: 'HSM_LOGIN_FAILED', reason: login }],
])('D13: a login that %s is not given again', async ([, outcome], { task }) => {
  const { order, calls } = scripted(outcome)
  const { pausesMs, timers } = noted()
  await unlessBusy(timers, order).catch(() => {})
  expect([calls(), pausesMs]).toEqual([1, []])
  fired(task)
})

test('what else goes wrong is told at once', async () => {
  const { order, calls } = scripted(new TypeError('a bug'))
  await expect(unlessBusy(noted().timers, order)).rejects.toThrow(TypeError)
  expect(calls()).toBe(1)
})
