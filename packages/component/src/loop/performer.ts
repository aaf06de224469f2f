import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { ThingName } from '@rotator/protocol/ids'
import type { Effect } from '@rotator/rotation/device/effects'
import type { DeviceEvent } from '@rotator/rotation/device/events'
import { type IdentityStore, StoreError } from '../identities/identity-store.ts'
import type { Log } from '../log.ts'
import { messageOf } from '../message-of.ts'
import type { Probe } from '../probe/probe.ts'
import type { Restart } from '../restart/restart.ts'
import type { Alarms } from './alarms.ts'
import type { Outbox } from './outbox.ts'
import { commitRequest, createRequest, jobRequest, jobUpdate, nextJobRequest } from './outgoing.ts'

export interface PerformerParts {
  thing: ThingName
  store: IdentityStore
  probe: Probe
  restart: Restart
  outbox: Outbox
  alarms: Alarms
  /** Whether updates of components are to wait. */
  deferUpdates: (isDeferred: boolean) => void
  now: () => number
  log: Log
}

/** Something else than this component changed the identity: look again at what there is. */
export const lookAgain = 'look-again'

/** What is stored cannot be changed now: look later what there is. */
export const lookLater = 'look-later'

type Order<K extends Effect['kind']> = Extract<Effect, { kind: K }>
type Result = Promise<DeviceEvent | typeof lookAgain | typeof lookLater | undefined>

/**
 * Carries out one order of the state machine.
 *
 * @returns its outcome; undefined where there is none, or none yet: the phase's own timer gives the order again.
 */
export async function perform(parts: PerformerParts, effect: Effect): Result {
  const { thing, store, outbox, alarms } = parts
  switch (effect.kind) {
    case 'publish-create':
      return attempt(parts, async () => publishCreate(parts, effect))
    case 'publish-commit':
      return done(outbox.send(commitRequest(thing, effect)))
    case 'update-job':
      return done(outbox.send(jobUpdate(thing, effect)))
    case 'get-next-job':
      return done(outbox.send(nextJobRequest(thing)))
    case 'get-job':
      return done(outbox.send(jobRequest(thing, effect)))
    case 'make-pending':
      return makePending(parts, effect)
    case 'check-certificate':
      return attempt(parts, async () => checkCertificate(parts, effect))
    case 'compare':
      return {
        kind: 'compared',
        comparison: await parts.probe.compare(effect.reference, effect.trial),
      }
    case 'probe-current':
      return { kind: 'current-probed', outcome: await parts.probe.try('current') }
    case 'install':
      return place(parts, effect, { kind: 'installed' }, reason => ({ kind: 'install-failed', reason }))
    case 'undo-install':
      return place(parts, effect, { kind: 'install-undone' })
    case 'roll-back':
      return place(parts, effect, { kind: 'rolled-back' }, lostOrLater)
    case 'roll-forward':
      return place(parts, effect, { kind: 'rolled-forward' }, lostOrLater)
    case 'drop-identities':
      return (await attempt(parts, async () => dropped(store))) ?? lookLater
    case 'restart-service':
      return requestRestart(parts)
    case 'arm-timer':
      alarms.arm(effect)
      return undefined
    case 'defer-updates':
      parts.deferUpdates(true)
      return undefined
    case 'allow-updates':
      parts.deferUpdates(false)
      return undefined
  }
}

async function done(work: Promise<void>): Promise<undefined> {
  await work
  return undefined
}

async function dropped(store: IdentityStore): Promise<DeviceEvent> {
  await store.drop()
  return { kind: 'identities-dropped' }
}

/** Whatever else goes wrong is an outcome. */
async function makePending(
  { store, now, log }: PerformerParts,
  { execution, algorithms }: Order<'make-pending'>,
): Result {
  try {
    return await store.makePending(execution, algorithms, now())
  } catch (error) {
    if (!(error instanceof StoreError) || !error.lookAgain) throw error
    log('warn', error.message, { code: error.code })
    return lookAgain
  }
}

async function checkCertificate(
  { store, now, log }: PerformerParts,
  { csrDigest, certificatePem }: Order<'check-certificate'>,
): Promise<DeviceEvent> {
  const nowMs = now()
  const outcome = await store.checkCertificate(csrDigest, certificatePem, nowMs)
  if (outcome.kind === 'certificate-undecided') {
    const clock = new Date(nowMs).toISOString()
    log(
      'warn',
      `The clock of this device says ${clock}, when the certificate in use is not valid either; the new one is judged when the clock is right. Check the time of the device.`,
    )
  }
  return outcome
}

async function publishCreate(
  { thing, store, outbox }: PerformerParts,
  effect: Order<'publish-create'>,
): Promise<DeviceEvent | undefined> {
  const csr = await store.pendingCsr(effect.csrDigest)
  if (csr === undefined) return { kind: 'pending-lost' }
  return done(outbox.send(createRequest(thing, effect, csr)))
}

/** A failure is told in the log; what it means is up to the phase, whose timer comes back to it. */
async function attempt(parts: PerformerParts, work: () => Promise<DeviceEvent | undefined>): Result {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    parts.log('error', messageOf(error), { code: error.code })
    return undefined
  }
}

async function place(
  parts: PerformerParts,
  placement: Order<'install' | 'undo-install' | 'roll-back' | 'roll-forward'>,
  outcome: DeviceEvent,
  failed?: (reason: string, code: FailureCode) => DeviceEvent | undefined,
): Result {
  try {
    await parts.store.place({ current: placement.current, previous: placement.previous })
    return outcome
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    parts.log('error', error.message, { code: error.code })
    return error.lookAgain ? lookAgain : failed?.(error.message, error.code)
  }
}

const lostOrLater = (_reason: string, code: FailureCode): DeviceEvent | undefined =>
  code === 'IDENTITY_LOST' ? { kind: 'previous-lost' } : undefined

async function requestRestart({ restart, log }: PerformerParts): Result {
  const request = await restart.request()
  if (request.ok) log('info', 'Greengrass is restarted, so that it connects with what is configured now.')
  else log('error', request.problem)
  const service = request.ok ? request.service : undefined
  return service && { kind: 'service-restarted', service }
}
