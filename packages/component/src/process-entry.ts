import { readFileSync } from 'node:fs'
import { logFields } from '@rotator/protocol/log-fields'
import { startComponent } from './component.ts'
import { readEnvironment } from './environment.ts'
import { nodeFileSystem } from './identities/files/node-file-system.ts'
import { processOwner } from './identities/files/process-owner.ts'
import { unlessRefused } from './identities/unless-refused.ts'
import { identitiesAt } from './identities-at.ts'
import { jsonLines, type Log } from './log.ts'
import { messageOf } from './message-of.ts'
import { knownLife } from './restart/known-life.ts'
import { liteRestart } from './restart/lite-restart.ts'
import { isOfLite, serviceUnit } from './restart/service-unit.ts'
import { systemdRestart } from './restart/systemd-restart.ts'
import { begin } from './tasks/begin.ts'
import { systemTimers } from './timers.ts'

const taskTimeoutMs = 10 * 60_000

export interface ProcessFacts {
  /** The file that this process runs from, which its children run from too. */
  program: string
  variables: Readonly<Record<string, string | undefined>>
  workingDirectory: string
  write: (text: string) => void
  exit: (code: number) => void
  /** This machine's unless said otherwise. */
  platform?: NodeJS.Platform
  /** The text of `/proc/self/cgroup`, which names the unit that this process runs in. */
  cgroup?: () => string
  /** The first `systemctl` on the path unless said otherwise. */
  systemctl?: string
}

const ownCgroup = (): string => readFileSync('/proc/self/cgroup', 'utf8')

/** Before anything is made: a switch without a restart would leave the device with an identity that nobody loads. */
const noRestartHere =
  'On this operating system the component cannot restart Greengrass yet, so it rotates nothing. Deploy it to core devices on Linux.'

/**
 * Starts the component on this device.
 *
 * @returns how to stop it; undefined, with the reason as a log line, where it cannot be started here
 */
export async function runComponent(facts: ProcessFacts): Promise<{ stop(): void } | undefined> {
  const { program, write, platform = process.platform, cgroup = ownCgroup, systemctl } = facts
  const now = (): number => systemTimers.now()
  const environment =
    platform === 'linux'
      ? readEnvironment(facts.variables, facts.workingDirectory)
      : { ok: false as const, problem: noRestartHere }
  if (!environment.ok) {
    jsonLines(write, now, {})('error', environment.problem)
    return undefined
  }
  const { root, thingName, authToken } = environment.value
  const log = jsonLines(write, now, { [logFields.thingName]: thingName })
  const runner = { node: process.execPath, program, timers: systemTimers, timeoutMs: taskTimeoutMs }
  const { location, service } = await begin(runner, { root, authToken: authToken.reveal() }, log)
  const unit = serviceUnit(cgroup())
  const isLite = isOfLite(unit)
  const host = isLite ? liteRestart(systemctl) : systemdRestart(unit, systemctl)
  const { store, home, probe } = identitiesAt(location, {
    environment: environment.value,
    variables: facts.variables,
    platform,
    runner,
    log,
  })
  return startComponent({
    environment: environment.value,
    fs: nodeFileSystem,
    service: isLite ? await knownLife(host, systemTimers, log) : service,
    store: unlessRefused(store, host, home),
    home,
    probe,
    restart: host,
    timers: systemTimers,
    random: Math.random,
    owner: processOwner,
    log,
    onCrash: endOn(log, facts.exit),
  })
}

/** A fault of ours: Greengrass counts the exit code as an error and starts the component again, which resumes. */
export function endOn(log: Log, exit: (code: number) => void): (error: unknown) => void {
  return error => {
    log(
      'error',
      `A fault of this component: ${messageOf(error)}. It ends, and resumes when it is started again.`,
    )
    exit(1)
  }
}
