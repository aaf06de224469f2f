import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, orTimeout } from '../clock.ts'
import { signalGroup } from './process-group.ts'
import type { ProcessExit, RunningProcess, StartProcess } from './process-port.ts'

/** Starts scripts by `sh -c`; their output goes straight into the log file. */
export function shellProcesses(
  clock: Clock,
  baseEnvironment: Readonly<Record<string, string>>,
): StartProcess {
  return request => {
    mkdirSync(request.workFolder, { recursive: true })
    mkdirSync(dirname(request.logFile), { recursive: true })
    const log = openSync(request.logFile, 'a')
    const child = spawn('sh', ['-c', request.script], {
      cwd: request.workFolder,
      env: { ...baseEnvironment, ...request.environment },
      stdio: ['ignore', log, log],
      detached: true,
    })
    closeSync(log)
    const exited = new Promise<ProcessExit>(resolve => {
      child.once('error', () => resolve({ code: 127, signal: null }))
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    return running(child.pid ?? 0, exited, clock)
  }
}

function running(pid: number, exited: Promise<ProcessExit>, clock: Clock): RunningProcess {
  return {
    pid,
    exited,
    stop: async killAfterMs => {
      if (pid === 0) return
      signalGroup(pid, 'SIGTERM')
      await orTimeout(clock, killAfterMs, exited)
      signalGroup(pid, 'SIGKILL')
      await exited
    },
  }
}
