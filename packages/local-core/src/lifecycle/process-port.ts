export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface RunningProcess {
  readonly pid: number
  readonly exited: Promise<ProcessExit>
  /** SIGTERM to the whole process group, SIGKILL to what is left of it after `killAfterMs`. */
  readonly stop: (killAfterMs: number) => Promise<void>
}

export interface ProcessRequest {
  readonly script: string
  readonly workFolder: string
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
}

/** Starts a script in a process group of its own; the group's number is the pid. */
export type StartProcess = (request: ProcessRequest) => RunningProcess
