import { type Clock, orTimeout } from '../clock.ts'
import type { ConfigTree } from '../config/config-tree.ts'
import type { Timings } from '../timings.ts'
import { type ComponentState, type ErrorTimes, reportState } from './error-counter.ts'
import { readLifecycleScript } from './lifecycle-script.ts'
import type { ProcessExit, RunningProcess, StartProcess } from './process-port.ts'

export type ComponentEvent =
  | { readonly event: 'component-state'; readonly component: string; readonly state: ComponentState }
  | {
      readonly event: 'component-started'
      readonly component: string
      readonly step: string
      readonly pid: number
      readonly processGroup: number
    }
  | ({
      readonly event: 'component-exited'
      readonly component: string
      readonly step: string
      readonly pid: number
    } & ProcessExit)

export interface ComponentRunnerOptions {
  readonly component: string
  readonly tree: ConfigTree
  readonly environment: Readonly<Record<string, string>>
  readonly workFolder: string
  readonly logFile: string
  readonly startProcess: StartProcess
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
  const { component, tree, clock, timings, tell } = options
  let state: ComponentState = 'NEW'
  let errors: ErrorTimes = {}
  let current: RunningProcess | undefined
  /** Grows whenever what runs is abandoned; an end of an older one means nothing. */
  let generation = 0

  const enter = (next: ComponentState) => {
    const report = reportState(errors, { current: state, next, atMs: clock.now() }, timings.errorResetMs)
    errors = report.errors
    state = report.next
    tell({ event: 'component-state', component, state })
  }

  const noteExit = async (process: RunningProcess, step: string) => {
    const exit = await process.exited
    if (current === process) current = undefined
    tell({ event: 'component-exited', component, step, pid: process.pid, ...exit })
  }

  const launch = (step: string) => {
    const script = readLifecycleScript(tree.get(['services', component, 'lifecycle']), step)
    if (script === undefined) return undefined
    const process = options.startProcess({
      script: script.script,
      workFolder: options.workFolder,
      environment: { ...options.environment, ...script.environment },
      logFile: options.logFile,
    })
    current = process
    tell({ event: 'component-started', component, step, pid: process.pid, processGroup: process.pid })
    void noteExit(process, step)
    return { process, script }
  }

  const failed = (own: number) => {
    enter('ERRORED')
    if (state !== 'BROKEN' && own === generation) void cycle(own)
  }

  const install = async (): Promise<boolean> => {
    const launched = launch('install')
    if (launched === undefined) return true
    const timeoutMs = launched.script.timeoutMs ?? timings.installTimeoutMs
    const exit = await orTimeout(clock, timeoutMs, launched.process.exited)
    if (exit === 'timeout') await launched.process.stop(timings.killAfterMs)
    return exit !== 'timeout' && exit.code === 0
  }

  let installed = false
  const cycle = async (own: number): Promise<void> => {
    if (!installed) {
      state = 'NEW'
      const done = await install()
      if (own !== generation) return
      if (!done) return failed(own)
      installed = true
      enter('INSTALLED')
    }
    enter('STARTING')
    const launched = launch('run')
    if (launched === undefined) return enter('FINISHED')
    enter('RUNNING')
    const exit = await launched.process.exited
    if (own !== generation) return
    if (exit.code === 0) enter('FINISHED')
    else failed(own)
  }

  const stop = async () => {
    generation++
    const stopping = current
    if (stopping === undefined) return
    if (state !== 'BROKEN') enter('STOPPING')
    await stopping.stop(timings.killAfterMs)
  }

  const startOver = async () => {
    await stop()
    if (state !== 'BROKEN') await cycle(generation)
  }

  const start = () => {
    generation++
    installed = false
    errors = {}
    void cycle(generation)
  }

  return {
    start,
    stop,
    restart: async () => {
      await stop()
      start()
    },
    report: next => {
      enter(next)
      if (next === 'ERRORED') void startOver()
    },
    state: () => state,
    processGroups: () => (current === undefined ? [] : [current.pid]),
  }
}
