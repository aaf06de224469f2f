import { losePendingKey } from '../device/by-hand.ts'
import { hourMs } from '../kernel/durations.ts'
import { asVersionOneLeftIt, loseIdentity, loseJournal, putInPlace, storedIdentity } from './by-hand.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'

/** The device starts with its identities and without what it knew of them. */
function forget({ device }: Stage): void {
  loseJournal(device)
  device.cut('component-killed')
}

/** Stops the device in its tracks on NEW: the first word over NEW gets no answer. */
async function switchWithoutAnswer(stage: Stage): Promise<void> {
  stage.at('event of commit inside the cloud', 'lost')
  stage.rotate()
  await stage.phase('commit')
}

/** The component is another's until now, and so is what it left. */
function takenOver(stage: Stage): void {
  const [old = ''] = stage.attached
  asVersionOneLeftIt(stage.device, old)
  loseJournal(stage.device)
  stage.device.cut('greengrass-restarted')
}

/** Journals, notes and keys that are not there any more when a component starts. */
export const lostMemory: readonly Situation[] = [
  {
    name: 'journal-lost-before-a-certificate-was-asked-for',
    withFaults: true,
    async play(stage) {
      stage.rotate()
      await stage.phase('ask')
      forget(stage)
    },
  },
  {
    name: 'journal-lost-while-a-certificate-was-asked-for',
    withFaults: true,
    async play(stage) {
      stage.at('create/accepted to the device', 'lost', () => {
        stage.after(1, () => {
          forget(stage)
        })
      })
      stage.rotate()
    },
  },
  {
    name: 'journal-lost-and-a-request-of-before-comes-late',
    withFaults: true,
    async play(stage) {
      stage.at('event of create inside the cloud', 'late', () => {
        stage.after(1, () => {
          forget(stage)
        })
      })
      stage.rotate()
    },
  },
  {
    name: 'journal-lost-after-the-switch',
    withFaults: true,
    async play(stage) {
      await switchWithoutAnswer(stage)
      forget(stage)
    },
  },
  {
    name: 'taken-over-from-version-1-after-the-switch',
    withFaults: true,
    async play(stage) {
      await switchWithoutAnswer(stage)
      takenOver(stage)
    },
  },
  {
    name: 'taken-over-from-version-1-and-the-job-over',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      stage.cancel('J1')
      takenOver(stage)
      await stage.wait(hourMs)
      stage.rotate('J2')
    },
  },
  {
    name: 'taken-over-from-version-1-after-its-rollback',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      stage.cancel('J1')
      const [old = ''] = stage.attached
      const identity = storedIdentity(stage.device, old)
      if (identity !== undefined) putInPlace(stage.device, identity)
      takenOver(stage)
      await stage.wait(hourMs)
      stage.rotate('J2')
    },
  },
  {
    name: 'journal-lost-after-the-switch-and-old-with-it',
    async play(stage) {
      await switchWithoutAnswer(stage)
      const [old = ''] = stage.attached
      loseIdentity(stage.device, old)
      forget(stage)
    },
  },
  {
    name: 'key-lost-while-a-certificate-was-asked-for',
    async play(stage) {
      stage.rotate()
      await stage.phase('ask')
      losePendingKey(stage.device.disk)
      stage.device.cut('component-killed')
    },
  },
  {
    name: 'key-lost-while-NEW-was-checked',
    async play(stage) {
      stage.rotate()
      await stage.phase('check')
      losePendingKey(stage.device.disk)
      stage.device.cut('component-killed')
    },
  },
]
