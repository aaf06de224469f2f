import type { EdgeId } from '@rotator/rotation/device/transitions'
import { hourMs } from '../kernel/durations.ts'
import { issueByHand, keyByHand, leaveOnly, putInPlace, storedIdentity } from './by-hand.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'
import { newOf, oldOf, refuseOldInstead, refuseOnceInstalled } from './turning-back.ts'

interface Course {
  after: EdgeId
  /** The first time from there on that the component comes to this point it dies, so that it looks around anew. */
  where: string
  /** What brings the device there. */
  prepare?: (stage: Stage) => void | Promise<void>
}

/** By the phase in which it happens. */
const courses = {
  install: { after: 'ask-to-check', where: 'before install' },
  restart: { after: 'ask-to-check', where: 'before restart-service' },
  commit: { after: 'install-to-restart', where: 'before publish-commit' },
  finish: { after: 'restart-to-commit', where: 'before update-job' },
  rollback: { after: 'restart-to-commit', where: 'before roll-back', prepare: refuseOnceInstalled },
  'restart-to-old': {
    after: 'restart-to-commit',
    where: 'before restart-service',
    prepare: refuseOnceInstalled,
  },
  consent: { after: 'rollback-to-restart', where: 'before publish-commit', prepare: refuseOnceInstalled },
  forward: { after: 'restart-to-consent', where: 'before roll-forward', prepare: refuseOldInstead },
} as const satisfies Record<string, Course>
type CourseName = keyof typeof courses

async function reach(stage: Stage, name: CourseName, act: () => void): Promise<void> {
  const { after, where, prepare }: Course = courses[name]
  stage.rotate('J1', { retries: 0 })
  await prepare?.(stage)
  await stage.edge(after)
  stage.at(where, 'component-killed', act)
}

/** Somebody puts a third identity in place; two hours later it is the only one that is attached. */
const third = (name: CourseName): Situation => ({
  name: `third-identity-put-in-place-at-${name}`,
  async play(stage) {
    const key = await keyByHand()
    stage.world.rob(stage.thing)
    await reach(stage, name, () => {
      const identity = issueByHand(stage, key)
      putInPlace(stage.device, identity)
      stage.after(10_000, () => {
        stage.device.cut('greengrass-restarted')
      })
      stage.after(2 * hourMs, () => {
        leaveOnly(stage, identity.certificateId)
      })
    })
    await stage.wait(3 * hourMs)
    stage.rotate('J2')
  },
})

/** Somebody puts OLD back, or NEW. */
const other = (side: 'old' | 'new', name: CourseName): Situation => ({
  name: `${side}-put-in-place-at-${name}`,
  async play(stage) {
    await reach(stage, name, () => {
      const identity = storedIdentity(stage.device, side === 'old' ? oldOf(stage) : newOf(stage))
      if (identity !== undefined) putInPlace(stage.device, identity)
    })
  },
})

/** Identities that somebody changes at the device in the middle of a rotation. */
export const replacedByHand: readonly Situation[] = [
  third('install'),
  third('restart'),
  third('commit'),
  third('finish'),
  third('rollback'),
  third('consent'),
  third('forward'),
  other('old', 'restart'),
  other('old', 'commit'),
  other('old', 'finish'),
  other('new', 'restart-to-old'),
  other('new', 'consent'),
]
