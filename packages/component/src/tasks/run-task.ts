import { StoreError } from '../identities/identity-store.ts'
import { messageOf } from '../message-of.ts'
import type { Secret } from '../secret.ts'
import type { Timers } from '../timers.ts'
import {
  type TaskAnswer,
  type TaskName,
  type TaskReply,
  type TaskRequest,
  taskArgument,
} from './task-protocol.ts'

export interface TaskRunnerOptions {
  /** The Node that this process runs in. */
  node: string
  /** The file that this process runs from. */
  program: string
  timers: Timers
  /** Slow devices take minutes for an RSA key of 3072 bits. */
  timeoutMs: number
  /** The environment of the child, which has none unless said otherwise. */
  variables?: Readonly<Record<string, string | undefined>>
  /** The PIN in the request: no text of the child shows it. */
  pin?: Secret
}

/**
 * Runs a task in a short-lived process of the same bundle.
 *
 * Only paths, names, public texts and, for an HSM, its PIN pass between the two, through pipes that nobody else holds.
 *
 * @throws StoreError; of code STORAGE_FAILED where the child itself failed
 */
export async function runTask<N extends TaskName>(
  options: TaskRunnerOptions,
  name: N,
  request: TaskRequest<N>,
): Promise<TaskAnswer<N>> {
  // Short of memory or files, Node throws instead of telling it as the child's end.
  const failed = (error: unknown): TaskReply<N> => ({ ok: false, message: messageOf(error) })
  return answerOf(await replyOf(options, name, request).catch(failed), name)
}

async function replyOf<N extends TaskName>(
  { node, program, timers, timeoutMs, variables = {}, pin }: TaskRunnerOptions,
  name: N,
  request: TaskRequest<N>,
): Promise<TaskReply<N>> {
  // Loaded when first needed, as little else of Node is.
  const { spawn } = await import('node:child_process')
  const child = spawn(node, [program, taskArgument, name], { env: variables })
  // Before anything else of the child is touched: one that could not be made tells it here, and may have no pipes.
  const ended = new Promise<string>(resolve => {
    child.on('error', error => {
      resolve(messageOf(error))
    })
    child.on('close', (code, signal) => {
      resolve(code === null ? String(signal) : `exit code ${code}`)
    })
  })
  const output = { stdout: '', stderr: '' }
  const scrub = scrubber(pin)
  child.stdout.on('data', piece => (output.stdout += String(piece)))
  child.stderr.on('data', piece => (output.stderr = scrub(output.stderr + String(piece)).slice(-1000)))
  // A child that ends before it has read its request has its own words about why.
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(request)}\n`)
  const cancel = timers.after(timeoutMs, () => child.kill('SIGKILL'))
  const end = await ended
  cancel()
  return parseReply<N>(output.stdout, `${end} ${output.stderr.trim()}`.trim(), scrub)
}

/** A child's words may be those of a vendor's library, which may say anything, also in JSON. */
function scrubber(pin: Secret | undefined): (text: string) => string {
  if (pin === undefined) return text => text
  const plain = pin.reveal()
  const inJson = JSON.stringify(plain).slice(1, -1)
  return text => text.replaceAll(inJson, '[PIN]').replaceAll(plain, '[PIN]')
}

/** Sentences. Ids and requests stay as they are: by chance a short PIN is part of one, which would then be another. */
const sentences: ReadonlySet<string> = new Set(['message', 'reason', 'refusal', 'remark'])

function parseReply<N extends TaskName>(
  text: string,
  otherwise: string,
  scrub: (text: string) => string,
): TaskReply<N> {
  const scrubbed = (key: string, value: unknown): unknown =>
    sentences.has(key) && typeof value === 'string' ? scrub(value) : value
  try {
    return JSON.parse(text.slice(text.lastIndexOf('\n') + 1), scrubbed) as TaskReply<N>
  } catch {
    return { ok: false, message: otherwise }
  }
}

function answerOf<N extends TaskName>(reply: TaskReply<N>, name: N): TaskAnswer<N> {
  if (reply.ok) return reply.answer
  if (reply.failure !== undefined) {
    throw new StoreError(reply.failure.code, reply.message, { lookAgain: reply.failure.lookAgain })
  }
  throw new StoreError(
    'STORAGE_FAILED',
    `The helper process for ${name} failed: ${reply.message}. Check memory and disk of the device; it is tried again.`,
  )
}
