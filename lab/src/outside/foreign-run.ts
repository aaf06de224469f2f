import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a foreign program ended. */
export interface Ending {
  /** `null` where a signal ended it. */
  exitCode: number | null
  stdout: Buffer
  stderr: string
}

export interface ForeignRun {
  /** Settles when the program has written this text, on either stream; an error where it ends without. */
  wrote(text: string): Promise<void>
  readonly ended: Promise<Ending>
}

export interface RunOptions {
  /** Written to standard input, which then closes. */
  input?: Uint8Array
  environment?: Readonly<Record<string, string>>
}

/** No check takes longer; a program that hangs is ended, and its test sees an exit code of `null`. */
const withinMs = 30_000

/** Starts a foreign program with nothing of this process's environment but what it is given. */
export function startForeign(path: string, args: readonly string[], options: RunOptions = {}): ForeignRun {
  const child = spawn(path, args, {
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/nonexistent', ...options.environment },
  })
  const late = setTimeout(() => child.kill('SIGKILL'), withinMs)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
  // A program that refuses early does not read its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  const all = () => Buffer.concat([...stdout, ...stderr]).toString()
  const ended = once(child, 'close').then(([exitCode]: (number | null)[]): Ending => {
    clearTimeout(late)
    return {
      exitCode: exitCode ?? null,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString(),
    }
  })
  return {
    ended,
    wrote: text =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (all().includes(text)) resolve()
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        child.once('close', () => reject(new Error(`${path} ended without writing "${text}": ${all()}`)))
        look()
      }),
  }
}

/** Runs a foreign program to its end. */
export const runForeign = (path: string, args: readonly string[], options?: RunOptions): Promise<Ending> =>
  startForeign(path, args, options).ended

/** Options of a command line, each with its value. */
export const flags = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [name, String(value)])
