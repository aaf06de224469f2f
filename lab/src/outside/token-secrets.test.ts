import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rootVariable } from '@rotator/local-core/lifecycle/process-group'
import { pkcs11ProviderName } from '@rotator/local-core/pkcs11/pkcs11-provider'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { componentName } from '@rotator/protocol/names'
import { coreControl } from '../fleet/core-control.ts'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { ended, expectRotated, startJob } from '../whole/rotation.ts'
import { test } from '../whole/trial-test.ts'
import { openFoldersTo } from './open-folders.ts'
import { isSkippedWithoutRoot } from './root-only.ts'

const nobody = 65_534

/** A child lives ten times as long; more often, the looking itself would slow the device down. */
const lookEveryMs = 20

const makers = [
  ['a SoftHSM2 token', makeSoftHsm],
  ['a TPM', makeTpm],
] as const

test.skipIf(isSkippedWithoutRoot()).for(makers)(
  'A6: the PIN of %s stands in no argument, no environment, no log and no file of the component, and no other user reads it',
  async ([, make], { world, trials, expect, onTestFinished }) => {
    const token = await make(join(world.folder, `token-${make.name}`))
    onTestFinished(async () => token.close())
    const device = await trials.start({ token })
    const watch = watchProcesses(device.root, token.userPin)
    await expectRotated(world, device, await startJob(world, device))
    const seen = await watch.stop()
    // A component and its children were looked at, children on the token among them.
    expect(seen.tasks).toContain('place')
    expect(seen.withPin).toEqual([])
    trials.fired()

    const { logsFolder, workFolder, configFolder } = rootLayout(device.root)
    const holds = (...places: string[]) =>
      spawnSync('/usr/bin/grep', ['-rlF', '--', token.userPin, ...places], { encoding: 'utf8' }).stdout
    expect(holds(configFolder)).not.toBe('')
    expect(holds(logsFolder, workFolder(componentName))).toBe('')
    trials.fired()

    openFoldersTo(device.root)
    // It ends with an error where it may not go in, which is as it must be.
    const { stdout } = spawnSync('/usr/bin/find', [device.root, '-type', 'f', '-readable'], {
      uid: nobody,
      gid: nobody,
      encoding: 'utf8',
    })
    const readable = stdout.split('\n').filter(file => file !== '')
    expect(readable).toContain(device.componentLog)
    expect(readable.filter(file => readFileSync(file, 'utf8').includes(token.userPin))).toEqual([])
    trials.fired()
  },
)

test.for(makers)(
  'D13, A6: a device whose PIN for %s is wrong fails its job with the reason, which does not show the PIN',
  async ([, make], { world, trials, expect, onTestFinished }) => {
    const token = await make(join(world.folder, `token-of-another-pin-${make.name}`))
    onTestFinished(async () => token.close())
    const device = await trials.start({ token })
    const wrong = 'wrong-pin-0815'
    // It counts for Greengrass itself from its next start on, and for the component at once.
    await coreControl(device).deploy({ component: pkcs11ProviderName, merge: { userPin: wrong } })
    const { status, statusDetails } = await ended(world, device, await startJob(world, device))
    expect({ status, code: statusDetails['failureCode'] }).toEqual({
      status: 'FAILED',
      code: 'HSM_PIN_REFUSED',
    })
    expect(JSON.stringify(statusDetails)).not.toContain(wrong)
    expect(readFileSync(device.componentLog, 'utf8')).not.toContain(wrong)
    trials.fired()
  },
)

interface Seen {
  /** Names of the tasks whose processes were looked at. */
  tasks: string[]
  withPin: string[]
}

/** Looks at the arguments and the environment of every process of the component, again and again. */
function watchProcesses(root: string, pin: string): { stop: () => Promise<Seen> } {
  const tasks = new Set<string>()
  const withPin = new Set<string>()
  const over = new AbortController()
  const look = () => {
    for (const pid of readdirSync('/proc')) {
      const [environment, command] = ['environ', 'cmdline'].map(name => readOf(pid, name))
      if (environment === undefined || command === undefined) continue
      if (!environment.includes(`${rootVariable}=${root}\0`)) continue
      const [, task] = /\0--task\0([\w-]+)\0/u.exec(command) ?? []
      if (task !== undefined) tasks.add(task)
      if (environment.includes(pin) || command.includes(pin)) withPin.add(command)
    }
  }
  const watching = (async () => {
    while (!over.signal.aborted) {
      look()
      await sleep(lookEveryMs)
    }
  })()
  return {
    stop: async () => {
      over.abort()
      await watching
      return { tasks: [...tasks], withPin: [...withPin] }
    },
  }
}

function readOf(pid: string, name: string): string | undefined {
  if (!/^\d+$/u.test(pid)) return undefined
  try {
    return readFileSync(join('/proc', pid, name), 'latin1')
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}
