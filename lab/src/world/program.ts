import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program of this repository that runs as a process group of its own and tells its story in JSON lines. */
export interface Program {
  readonly pid: number
  /** Settles when the process has ended. */
  readonly ended: Promise<number | null>
  /** The end of what it has written to standard error, asked for when it has ended; empty where that was nothing. */
  lastWords(): Promise<string>
  /** Asks it to end (SIGTERM), and ends its whole group (SIGKILL) where it does not in time. */
  stop(): Promise<void>
  /** Ends the whole group at once (SIGKILL), as a power cut does. */
  cut(): Promise<void>
}

export interface ProgramOptions {
  /** The TypeScript or JavaScript file to run. */
  entry: string
  args: readonly string[]
  /** Where standard error goes. */
  logFile: string
  /** This process's own unless said otherwise. */
  environment?: NodeJS.ProcessEnv
  /** Ends at once what the program started in groups of its own; called when the program has been killed. */
  killOthers?: () => void
  onLine: (line: Record<string, unknown>) => void
}

/** Every program that runs: a lab that ends in any way must leave none behind. */
const running = new Set<Running>()

interface Running {
  child: ChildProcess
  killOthers: () => void
}

const stopWithinMs = 8_000
const lastWordsLength = 1_000
/** What it started may still hold its standard error open. */
const lastWordsWithinMs = 1_000

export function startProgram(options: ProgramOptions): Program {
  const { entry, args, logFile, onLine, environment = process.env, killOthers = () => undefined } = options
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], {
    detached: true,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  if (child.pid === undefined) throw new Error(`${entry} could not be started with ${process.execPath}.`)
  const program: Running = { child, killOthers }
  running.add(program)
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => {
    running.delete(program)
    // A program that ended by itself cannot have ended what it started.
    killOthers()
    return code ?? null
  })
  const log = createWriteStream(logFile, { flags: 'a' })
  // A disk that is full takes no log, and that is no reason to end.
  log.on('error', () => child.stderr.resume())
  child.stderr.pipe(log)
  const said = once(child.stderr, 'end')
  let lastWords = ''
  child.stderr.on('data', bytes => {
    lastWords = `${lastWords}${String(bytes)}`.slice(-lastWordsLength)
  })
  createInterface({ input: child.stdout }).on('line', text => {
    const line = asObject(text)
    if (line !== undefined) onLine(line)
  })
  return {
    pid: child.pid,
    ended,
    lastWords: async () => {
      await Promise.race([said, sleep(lastWordsWithinMs)])
      return lastWords.trim()
    },
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => killGroups(program), stopWithinMs)
      await ended
      clearTimeout(late)
    },
    cut: async () => {
      killGroups(program)
      await ended
    },
  }
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The program first, so that it starts nothing more, then what it started in groups of its own. */
function killGroups({ child, killOthers }: Running): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid)
  killOthers()
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // The group ended between the look and the kill: there is nothing left to end.
  }
}

/** The last resort when this process itself ends; it has no time to wait for anything. */
export function killAllPrograms(): void {
  for (const program of running) killGroups(program)
}
