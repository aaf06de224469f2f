import type { Clock } from '../clock.ts'
import type { UnitAnswer } from '../systemctl/unit-answer.ts'
import { parseUnitCommand } from '../systemctl/unit-command.ts'

/** What the service manager starts and stops; here the nucleus. */
export interface Service {
  readonly stop: () => Promise<void>
}

/** How a restart that is asked for through systemctl goes wrong, set by a lab. */
export interface RestartFault {
  /** `swallow`: says yes and does nothing; `fail`: says no; `slow`: waits first. */
  readonly kind: 'swallow' | 'fail' | 'slow'
  readonly delayMs: number
  /** How many restarts it still hits; null for all. */
  readonly times: number | null
}

export type SupervisorEvent =
  | { readonly event: 'started' | 'stopped'; readonly restarts: number }
  | {
      readonly event: 'restart-requested'
      readonly by: 'systemctl' | 'control'
      readonly fault: RestartFault['kind'] | null
    }
  | { readonly event: 'start-failed'; readonly reason: string }

export interface SupervisorOptions {
  readonly clock: Clock
  readonly mainPid: number
  readonly startService: () => Promise<Service>
  /** Pause before a start that failed is tried again. */
  readonly restartDelayMs: number
  readonly tell: (event: SupervisorEvent) => void
}

/** The part of systemd that a core sees: one unit, restarted on request, one job at a time. */
export interface Supervisor {
  readonly start: () => Promise<void>
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly systemctl: (args: readonly string[]) => Promise<UnitAnswer>
  readonly setRestartFault: (fault: RestartFault | null) => void
  readonly restartFaultsFired: () => number
  readonly service: () => Service | undefined
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, tell } = options
  let service: Service | undefined
  let restarts = 0
  let invocation = 0
  let stopped = false
  let fault: { readonly set: RestartFault; left: number } | undefined
  let faultsFired = 0
  let jobs: Promise<void> = Promise.resolve()

  const start = async (): Promise<void> => {
    if (stopped) return
    try {
      service = await options.startService()
      invocation++
      tell({ event: 'started', restarts })
    } catch (error) {
      tell({ event: 'start-failed', reason: error instanceof Error ? error.message : String(error) })
      clock.after(options.restartDelayMs, () => void queue(start))
    }
  }
  const stop = async (): Promise<void> => {
    await service?.stop()
    if (service !== undefined) tell({ event: 'stopped', restarts })
    service = undefined
  }
  const queue = (job: () => Promise<void>): Promise<void> => {
    jobs = jobs.then(job)
    return jobs
  }
  const restart = () =>
    queue(async () => {
      await stop()
      restarts++
      await start()
    })

  const takeFault = (): RestartFault | undefined => {
    if (fault === undefined || fault.left <= 0) return undefined
    fault.left--
    faultsFired++
    return fault.set
  }

  const restartByCommand = async (noBlock: boolean): Promise<UnitAnswer> => {
    const hit = takeFault()
    tell({ event: 'restart-requested', by: 'systemctl', fault: hit?.kind ?? null })
    if (hit?.kind === 'swallow') return done
    if (hit?.kind === 'fail') {
      const stderr = 'Failed to restart greengrass.service: Transaction is destructive.\n'
      return { exitCode: 1, stdout: '', stderr }
    }
    const job = new Promise<void>((resolve, reject) => {
      // The job is only queued when the command returns: the caller dies by it, not before it.
      clock.after(hit?.delayMs ?? 0, () => void restart().then(resolve, reject))
    })
    if (!noBlock) await job
    return done
  }

  return {
    start: () => queue(start),
    restart: () => {
      tell({ event: 'restart-requested', by: 'control', fault: null })
      return restart()
    },
    stop: () => {
      stopped = true
      return queue(stop)
    },
    systemctl: async args => {
      const command = parseUnitCommand(args)
      const active = service === undefined ? 'activating' : 'active'
      switch (command.verb) {
        case 'invalid':
          return { exitCode: command.exitCode, stdout: '', stderr: `${command.message}\n` }
        case 'is-active':
          return {
            exitCode: service === undefined ? 3 : 0,
            stdout: command.quiet ? '' : `${active}\n`,
            stderr: '',
          }
        case 'show':
          return show(command, {
            Id: 'greengrass.service',
            LoadState: 'loaded',
            ActiveState: active,
            SubState: service === undefined ? 'auto-restart' : 'running',
            MainPID: service === undefined ? '0' : String(options.mainPid),
            NRestarts: '0',
            KillMode: 'mixed',
            InvocationID: invocation.toString(16).padStart(32, '0'),
          })
        case 'restart':
        case 'try-restart':
          return restartByCommand(command.noBlock)
      }
    },
    setRestartFault: next => {
      fault = next === null ? undefined : { set: next, left: next.times ?? Number.POSITIVE_INFINITY }
    },
    restartFaultsFired: () => faultsFired,
    service: () => service,
  }
}

const done: UnitAnswer = { exitCode: 0, stdout: '', stderr: '' }

function show(
  command: { readonly properties: readonly string[]; readonly valueOnly: boolean },
  values: Readonly<Record<string, string>>,
): UnitAnswer {
  const names = command.properties.length > 0 ? command.properties : Object.keys(values)
  const lines = names.flatMap(name => {
    const value = values[name]
    return value === undefined ? [] : [command.valueOnly ? value : `${name}=${value}`]
  })
  return { exitCode: 0, stdout: lines.map(line => `${line}\n`).join(''), stderr: '' }
}
