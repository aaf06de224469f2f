import type { ProbeOutcome } from '../comparison.ts'
import type { Effect, Placement, Slot } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { configured, document } from './events.ts'
import { commit, create, isOpen, update } from './plain-cloud.ts'
import { accepts, isOffline, type Run } from './plain-run.ts'
import { csrDigest, newId, x } from './states.ts'

/** Performs an effect at once. Restarts and timers are the world's own business. */
export function perform(run: Run, effect: Effect): void {
  switch (effect.kind) {
    case 'publish-create':
      return say(run, () => create(run.cloud, run.loaded, effect.csrDigest))
    case 'publish-commit':
      return say(run, () => commit(run.cloud, run.loaded, effect.request))
    case 'update-job':
      return say(run, () => {
        run.beganAtMs ??= run.elapsedMs
        return update(run.cloud, effect)
      })
    case 'get-next-job':
      return say(run, () => nextJob(run))
    case 'get-job':
      return say(run, () => ({
        kind: 'job-described',
        execution: { ...x, status: run.cloud.status },
        configured,
      }))
    case 'compare':
    case 'probe-current':
      return look(run, effect)
    case 'install':
      run.slots.pending = null
      return place(run, effect, 'installed')
    case 'roll-back':
      return place(run, effect, 'rolled-back')
    case 'roll-forward':
      return place(run, effect, 'rolled-forward')
    default:
      return keep(run, effect)
  }
}

/** Heard by the cloud, and answered, only over a connection that the endpoint accepts. */
function say(run: Run, answer: () => DeviceEvent): void {
  if (isOffline(run) || !accepts(run, run.loaded)) return
  const reply = answer()
  run.replies += 1
  if (run.replies === run.misfortune.lostReply) run.lost += 1
  else run.events.push(reply)
}

const nextJob = ({ cloud }: Run): DeviceEvent => ({
  kind: 'next-job',
  execution: isOpen(cloud) ? { ...x, status: cloud.status, jobDocument: document } : undefined,
  configured,
})

function look(run: Run, effect: Extract<Effect, { kind: 'compare' | 'probe-current' }>): void {
  const probe = (slot: Slot): ProbeOutcome => {
    if (!run.misfortune.probeIsPossible) return 'impossible'
    if (isOffline(run)) return 'unreachable'
    const id = slot === 'pending' ? run.slots.pending?.certificate : run.slots[slot]
    return accepts(run, id) ? 'accepted' : 'refused'
  }
  if (effect.kind === 'probe-current') {
    run.events.push({ kind: 'current-probed', outcome: probe('current') })
    return
  }
  const [before, trial, after] = [effect.reference, effect.trial, effect.reference].map(probe)
  if (before === undefined || trial === undefined || after === undefined) return
  run.events.push({ kind: 'compared', comparison: { before, trial, after } })
}

function place(
  { slots, events }: Run,
  { current, previous }: Placement,
  kind: 'installed' | 'rolled-back' | 'rolled-forward',
): void {
  Object.assign(slots, { current, previous })
  events.push({ kind })
}

function keep(run: Run, { kind }: Effect): void {
  const { slots, events } = run
  if (kind === 'make-pending') {
    run.keys += 1
    const csr = csrDigest(String(run.keys % 10))
    slots.pending = { csr, certificate: null }
    events.push({ kind: 'pending-made', csrDigest: csr, oldCertificateId: slots.current })
  }
  if (kind === 'check-certificate') {
    if (slots.pending !== null) slots.pending.certificate = newId
    events.push({ kind: 'certificate-usable', certificateId: newId })
  }
  if (kind === 'drop-identities') {
    Object.assign(slots, { pending: null, previous: null })
    events.push({ kind: 'identities-dropped' })
  }
}
