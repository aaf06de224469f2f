import { type Clock, orTimeout } from '../clock.ts'
import type { Timings } from '../timings.ts'
import { createStateKeeper, type StateKeeper } from './component-state.ts'
import type { ComponentState } from './error-counter.ts'
import type { ProcessExit } from './process-port.ts'
import {
  createStepLauncher,
  type StepEvent,
  type StepLauncher,
  type StepLauncherOptions,
} from './step-launcher.ts'

export type ComponentEvent =
  | StepEvent
  | { readonly event: 'component-state'; readonly component: string; readonly state: ComponentState }

export interface ComponentRunnerOptions extends Omit<StepLauncherOptions, 'tell'> {
  readonly clock: Clock
  readonly timings: Timings
  readonly tell: (event: ComponentEvent) => void
}

/** Runs one component: install, then run, again after errors until it is BROKEN. */
export interface ComponentRunner {
  readonly start: () => void
  readonly stop: () => Promise<void>
  readonly restart: () => Promise<void>
  /** A state that the component reports of itself. */
  readonly report: (state: 'RUNNING' | 'ERRORED') => void
  readonly state: () => ComponentState
  readonly processGroups: () => number[]
}

export function createComponentRunner(options: ComponentRunnerOptions): ComponentRunner {
  const { component, clock, timings, tell } = options
  const launcher = createStepLauncher(options)
  const state = createStateKeeper(clock, timings.errorResetMs, next =>
    tell({ event: 'component-state', component, state: next }),
  )
  let installed = false
  /** Grows whenever what runs is abandoned; an end of an older one means nothing. */
  let generation = 0

  const isBroken = () => state.current() === 'BROKEN'

  /** One way through the lifecycle; answers whether it must be gone again. */
  const cycle = async (own: number): Promise<'again' | 'over'> => {
    if (!installed) {
      state.renew()
      installed = await install(launcher, clock, timings)
      if (own !== generation) return 'over'
      state.enter(installed ? 'INSTALLED' : 'ERRORED')
      if (!installed) return 'again'
    }
    const exit = await runOnce(launcher, state)
    if (own !== generation) return 'over'
    const failed = exit !== undefined && exit.code !== 0
    state.enter(failed ? 'ERRORED' : 'FINISHED')
    return failed ? 'again' : 'over'
  }

  const run = async (): Promise<void> => {
    const own = ++generation
    while ((await cycle(own)) === 'again') if (isBroken()) return
  }

  const stop = async () => {
    generation++
    const stopping = launcher.running()
    if (stopping === undefined) return
    if (!isBroken()) state.enter('STOPPING')
    await stopping.stop(timings.killAfterMs)
  }

  const start = () => {
    installed = false
    state.forgetErrors()
    void run()
  }

  return {
    start,
    stop,
    restart: () => stop().then(start),
    report: next => {
      state.enter(next)
      if (next === 'ERRORED') void stop().then(() => (isBroken() ? undefined : run()))
    },
    state: state.current,
    processGroups: () => [launcher.running()?.pid ?? []].flat(),
  }
}

/** How the run step ended; undefined where there is none. */
async function runOnce(launcher: StepLauncher, state: StateKeeper): Promise<ProcessExit | undefined> {
  state.enter('STARTING')
  const launched = launcher.launch('run')
  if (launched !== undefined) state.enter('RUNNING')
  return launched?.process.exited
}

async function install(launcher: StepLauncher, clock: Clock, timings: Timings): Promise<boolean> {
  const launched = launcher.launch('install')
  if (launched === undefined) return true
  const timeoutMs = launched.timeoutMs ?? timings.installTimeoutMs
  const exit = await orTimeout(clock, timeoutMs, launched.process.exited)
  if (exit === 'timeout') await launched.process.stop(timings.killAfterMs)
  return exit !== 'timeout' && exit.code === 0
}
