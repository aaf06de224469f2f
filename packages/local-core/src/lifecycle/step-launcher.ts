import type { ConfigTree } from '../config/config-tree.ts'
import { readLifecycleScript } from './lifecycle-script.ts'
import type { ProcessExit, RunningProcess, StartProcess } from './process-port.ts'

export type StepEvent =
  | {
      readonly event: 'component-started'
      readonly component: string
      readonly step: string
      readonly pid: number
      /** What to kill with SIGKILL, besides the core, to cut the power. */
      readonly processGroup: number
    }
  | ({
      readonly event: 'component-exited'
      readonly component: string
      readonly step: string
      readonly pid: number
    } & ProcessExit)

export interface StepLauncherOptions {
  readonly component: string
  readonly tree: ConfigTree
  readonly environment: Readonly<Record<string, string>>
  readonly workFolder: string
  readonly logFile: string
  readonly startProcess: StartProcess
  readonly tell: (event: StepEvent) => void
}

/** Starts the steps of one component's lifecycle, one process at a time. */
export interface StepLauncher {
  /** Undefined where the lifecycle has no such step. */
  readonly launch: (
    step: string,
  ) => { readonly process: RunningProcess; readonly timeoutMs?: number } | undefined
  /** The process that runs now. */
  readonly running: () => RunningProcess | undefined
}

export function createStepLauncher(options: StepLauncherOptions): StepLauncher {
  const { component, tree, tell } = options
  let running: RunningProcess | undefined

  const noteExit = async (process: RunningProcess, step: string) => {
    const exit = await process.exited
    if (running === process) running = undefined
    tell({ event: 'component-exited', component, step, pid: process.pid, ...exit })
  }

  return {
    running: () => running,
    launch: step => {
      const script = readLifecycleScript(tree.get(['services', component, 'lifecycle']), step)
      if (script === undefined) return undefined
      const process = options.startProcess({
        script: script.script,
        workFolder: options.workFolder,
        environment: { ...options.environment, ...script.environment },
        logFile: options.logFile,
      })
      running = process
      tell({ event: 'component-started', component, step, pid: process.pid, processGroup: process.pid })
      void noteExit(process, step)
      return { process, ...(script.timeoutMs !== undefined && { timeoutMs: script.timeoutMs }) }
    },
  }
}
