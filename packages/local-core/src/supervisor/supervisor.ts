import { type Clock, delay } from '../clock.ts'
import type { UnitAnswer } from '../systemctl/unit-answer.ts'
import { parseUnitCommand } from '../systemctl/unit-command.ts'
import { createRestartFaults, type RestartFault } from './restart-faults.ts'
import { answerQuery, restartRefused, success } from './unit-answers.ts'

/** What the service manager starts and stops; here the nucleus. */
export interface Service {
  readonly stop: () => Promise<void>
}

export type SupervisorEvent =
  | { readonly event: 'started' | 'stopped'; readonly restarts: number }
  | {
      readonly event: 'restart-requested'
      readonly by: 'systemctl' | 'control'
      readonly fault: RestartFault['kind'] | null
    }
  | { readonly event: 'start-failed' | 'stop-failed'; readonly reason: string }

export interface SupervisorOptions {
  readonly clock: Clock
  readonly mainPid: number
  /** Names of the unit besides `greengrass.service`. */
  readonly unitNames: readonly string[]
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
  /** Restarts since the start of the core, whoever asked for them. */
  readonly restarts: () => number
  readonly service: () => Service | undefined
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, tell } = options
  const faults = createRestartFaults()
  let service: Service | undefined
  let restarts = 0
  let stopped = false
  const queue = createJobQueue()
  const start = async (): Promise<void> => {
    if (stopped) return
    try {
      service = await options.startService()
      tell({ event: 'started', restarts })
    } catch (error) {
      tell({ event: 'start-failed', reason: messageOf(error) })
      clock.after(options.restartDelayMs, () => void queue(start))
    }
  }
  const stop = async (): Promise<void> => {
    const stopping = service
    service = undefined
    await stopping?.stop().catch((error: unknown) => tell({ event: 'stop-failed', reason: messageOf(error) }))
    if (stopping !== undefined) tell({ event: 'stopped', restarts })
  }
  const stopAndStart = async () => {
    await stop()
    restarts++
    await start()
  }
  const restart = () => queue(stopAndStart)
  const restartByCommand = async (noBlock: boolean): Promise<UnitAnswer> => {
    const fault = faults.take()
    tell({ event: 'restart-requested', by: 'systemctl', fault: fault?.kind ?? null })
    if (fault?.kind === 'fail') return restartRefused
    if (fault?.kind === 'swallow') return success('')
    // The job is only queued when the command returns: the caller dies by it, not before it.
    const job = delay(clock, fault?.delayMs ?? 0).then(restart)
    if (!noBlock) await job
    return success('')
  }

  return {
    start: () => queue(start),
    restart: () => {
      tell({ event: 'restart-requested', by: 'control', fault: null })
      return restart()
    },
    stop: async () => {
      stopped = true
      await queue(stop)
    },
    systemctl: async args => {
      const command = parseUnitCommand(args, options.unitNames)
      if ('noBlock' in command) return restartByCommand(command.noBlock)
      return answerQuery(command, { active: service !== undefined, mainPid: options.mainPid, restarts })
    },
    setRestartFault: faults.set,
    restartFaultsFired: faults.fired,
    restarts: () => restarts,
    service: () => service,
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Runs jobs one after the other; none of them may reject. */
function createJobQueue(): (job: () => Promise<void>) => Promise<void> {
  let jobs: Promise<void> = Promise.resolve()
  return job => {
    jobs = jobs.then(job)
    return jobs
  }
}
