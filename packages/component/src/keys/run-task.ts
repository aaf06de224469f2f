import { messageOf } from '../message-of.ts'
import type { Timers } from '../timers.ts'
import type { TaskAnswer, TaskName, TaskRequests } from './task-protocol.ts'
import { taskArgument } from './task-protocol.ts'

export interface TaskRunnerOptions {
  /** The bundle that this process runs from. */
  program: string
  timers: Timers
  /** Slow devices take minutes for an RSA key of 3072 bits. */
  timeoutMs: number
}

/** A child could not do its task. `code` is that of a file error where one was the reason. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Runs a task in a short-lived process of the same bundle.
 *
 * Only paths, names and public texts pass between the two; the child gets none of this process's environment.
 *
 * @throws TaskError
 */
export async function runTask<N extends TaskName>(
  options: TaskRunnerOptions,
  name: N,
  request: TaskRequests[N],
): Promise<unknown> {
  // Loaded when first needed: a device may rest for months before its first rotation.
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [options.program, taskArgument, name], { env: {} })
  const cancel = options.timers.after(options.timeoutMs, () => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', piece => (output.stdout += String(piece)))
  child.stderr.on('data', piece => (output.stderr = (output.stderr + String(piece)).slice(-1000)))
  // A child that ends before it has read its request has its own words about why.
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(request))
  const end = await new Promise<string>(resolve => {
    child.on('error', error => {
      resolve(messageOf(error))
    })
    child.on('close', (code, signal) => {
      resolve(code === null ? String(signal) : `exit code ${code}`)
    })
  })
  cancel()
  return valueOf(name, output, end)
}

function valueOf(name: TaskName, output: { stdout: string; stderr: string }, end: string): unknown {
  let answer: TaskAnswer
  try {
    answer = JSON.parse(output.stdout) as TaskAnswer
  } catch {
    const detail = output.stderr.trim()
    throw new TaskError(
      'TASK_FAILED',
      `the helper process for ${name} ended with ${end}${detail && `: ${detail}`}`,
    )
  }
  if (answer.ok) return answer.value
  throw new TaskError(answer.code === 'UNKNOWN' ? 'TASK_FAILED' : answer.code, answer.message)
}
