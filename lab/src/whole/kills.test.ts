import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { EffectKind } from '@rotator/rotation/device/effects'
import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import type { Device } from '../fleet/device.ts'
import { rejectCommits } from './false-answers.ts'
import { journaledPhase } from './journal-file.ts'
import { attachedNow, expectRotated, otherJob, startJob, until } from './rotation.ts'
import { expectFailedOnOld } from './stays-on-old.ts'
import type { Cut } from './trial/trial-file.ts'
import { passing, type Trials, test } from './trial-test.ts'
import type { World } from './world.ts'

/** Sends a device on its way, and expects it to get where that way ends. */
type Way = (world: World, trials: Trials, device: Device) => Promise<void>

const rotates: Way = async (world, trials, device) => {
  const jobId = await startJob(world, device)
  trials.run(device)
  await expectRotated(world, device, jobId)
}

/** A restart that takes a while, so that the component outlives the order for it. */
const rotatesSlowly: Way = async (world, trials, device) => {
  const jobId = await startJob(world, device)
  trials.run(device)
  await coreControl(device).restartFault({ kind: 'slow', delayMs: 4_000, times: 1 })
  await expectRotated(world, device, jobId)
}

const isRefusedByTheDevice: Way = async (world, trials, device) => {
  const jobId = await otherJob(world, device, { operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'RSA-512' })
  trials.run(device)
  await expectFailed(world, device, jobId, 'ALGORITHM_NOT_ALLOWED')
}

/** A folder stands where the link to the new identity is made. */
const cannotSwitch: Way = async (world, trials, device) => {
  const jobId = await startJob(world, device)
  const obstacle = join(dirname(device.certificateFile), 'identities', '.current.rotator')
  trials.watch(passing(device, 'out', '/certificate/create/accepted'), () =>
    mkdirSync(obstacle, { recursive: true }),
  )
  trials.run(device)
  await expectFailed(world, device, jobId, 'INSTALL_FAILED')
}

/** NEW is refused for good, and when the device is on OLD again, the record turns out to have kept NEW. */
const goesBackAndForth: Way = async (world, trials, device) => {
  const jobId = await startJob(world, device)
  const codes = ['ABANDONED', 'NEW_CERTIFICATE_KEPT'] as const
  rejectCommits(world, device, ({ turn = 0 }) => codes[turn])
  trials.run(device)
  await expectRotated(world, device, jobId)
}

/** Nothing reaches the device until it has wondered why. */
const isCutOffFirst: Way = async (world, trials, device) => {
  let isDeaf = true
  world.cloud.services.broker.interfere((passage, deliver) => {
    if (!isDeaf || !passing(device, 'out', '')(passage)) deliver()
  })
  trials.run(device)
  await until(
    'both kills',
    () => world.cutsLeft(device),
    left => left === 0,
  )
  isDeaf = false
  await expectRotated(world, device, await startJob(world, device))
}

async function expectFailed(world: World, device: Device, jobId: string, failureCode: string): Promise<void> {
  await expectFailedOnOld(world, device, jobId, { failureCode })
  await until(
    'OLD alone',
    () => attachedNow(world, device),
    ids => ids.join() === device.old.certificateId,
  )
}

const isIdle = (phase: string): boolean => phase === 'idle'

interface Order {
  way: Way
  /** Which of the orders of this kind. */
  text?: string
  timeScale?: number
}

/** Every kind of order that the state machine gives, and on which way it is given. */
const orders: Record<EffectKind, readonly Order[]> = {
  // The longest way comes first: it is waiting for the most part, while others are under way.
  'probe-current': [{ way: isCutOffFirst, timeScale: 0.01 }],
  'allow-updates': [{ way: rotates }],
  'get-next-job': [{ way: rotates }],
  'arm-timer': [{ way: rotates }],
  'get-job': [{ way: rotates }],
  'make-pending': [{ way: rotates }],
  'update-job': [
    { way: rotates, text: 'IN_PROGRESS' },
    { way: rotates, text: 'SUCCEEDED' },
    { way: isRefusedByTheDevice, text: 'FAILED' },
  ],
  'publish-create': [{ way: rotates }],
  'check-certificate': [{ way: rotates }],
  compare: [{ way: rotates }],
  'defer-updates': [{ way: rotates }],
  install: [{ way: rotates }],
  'undo-install': [{ way: cannotSwitch }],
  'restart-service': [{ way: rotatesSlowly }],
  'publish-commit': [{ way: rotates }],
  'roll-back': [{ way: goesBackAndForth }],
  'roll-forward': [{ way: goesBackAndForth }],
  'drop-identities': [{ way: rotates }],
}

const cases = Object.entries(orders).flatMap(([effect, ways]) =>
  ways.map(order => ({
    ...order,
    effect,
    name: order.text === undefined ? effect : `${effect} ${order.text}`,
  })),
)

describe.concurrent('a device that dies', () => {
  test.for(cases)(
    'D1: killed before the order $name, and after it when it is given again, the device converges',
    async ({ effect, way, text, timeScale }, { world, trials, expect }) => {
      const order = { effect, signal: 'SIGKILL', ...(text === undefined ? {} : { text }) } as const
      const cuts: Cut[] = [
        { when: 'before', ...order },
        { when: 'after', ...order },
      ]
      const device = await trials.make({ cuts, ...(timeScale === undefined ? {} : { timeScale }) })
      await way(world, trials, device)
      // The last orders of a rotation are given when its outcome can be seen already.
      await until('an idle device', () => journaledPhase(device), isIdle)
      trials.fired(cuts.length - world.cutsLeft(device))
      expect(world.cutsLeft(device)).toBe(0)
    },
  )

  test.for([
    ['install', 'install', ''],
    ['restart', 'restart-service', ''],
    ['commit', 'publish-commit', ''],
    ['finish', 'update-job', 'SUCCEEDED'],
    ['close', 'drop-identities', ''],
  ] as const)(
    'D1: with its power cut in the phase %s, the device converges',
    async ([phase, effect, text], { world, trials, expect }) => {
      const device = await trials.start({ cuts: [{ when: 'before', effect, text, signal: 'SIGSTOP' }] })
      const jobId = await startJob(world, device)
      await trials.cut(device)
      expect(journaledPhase(device)).toBe(phase)
      await device.cutPower()
      trials.fired()
      await expectRotated(world, device, jobId)
      await until('an idle device', () => journaledPhase(device), isIdle)
    },
  )
})
