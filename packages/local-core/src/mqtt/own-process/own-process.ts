import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CloudConnection, CloudConnectionEvents } from '../cloud-connection.ts'
import type { Opening, Order, Report } from './messages.ts'

const entry = fileURLToPath(new URL('main.ts', import.meta.url))

/**
 * A connection whose key is in a token, in a process of its own: AWS's library can initialize a PKCS#11 library once
 * in a process, and only a new process surely sees the token as it is now.
 *
 * Where the process ends by itself, which it does when the TLS context cannot be built, another one is started after
 * `buildRetryMs`, with the identity as it is then.
 *
 * @param again reads settings and identity anew; may throw
 * @param environment of the processes; by its variables the PKCS#11 library finds the token
 */
export function openInOwnProcess(
  first: Opening,
  again: () => Opening,
  events: CloudConnectionEvents,
  environment: NodeJS.ProcessEnv = process.env,
): CloudConnection {
  let opening = first
  let stopping = false
  let retry: NodeJS.Timeout | undefined
  const start = () => startProcess(opening, environment, events, onEnd)
  let running = start()
  function onEnd(reason: string): void {
    if (stopping) return
    events.failed(reason)
    retry = setTimeout(startAgain, opening.timings.buildRetryMs)
  }
  function startAgain(): void {
    try {
      opening = again()
    } catch (error) {
      onEnd(error instanceof Error ? error.message : String(error))
      return
    }
    running = start()
  }
  return {
    get fingerprint() {
      return opening.identity.fingerprint
    },
    subscribe: (filter, qos) => running.order({ kind: 'subscribe', filter, qos }),
    unsubscribe: async filter => void (await running.order({ kind: 'unsubscribe', filter })),
    publish: message => running.order({ kind: 'publish', message }),
    stop: async () => {
      stopping = true
      clearTimeout(retry)
      await running.stop(opening.timings.killAfterMs)
    },
  }
}

interface Running {
  readonly order: (order: Order) => Promise<number>
  readonly stop: (killAfterMs: number) => Promise<void>
}

function startProcess(
  opening: Opening,
  env: NodeJS.ProcessEnv,
  events: CloudConnectionEvents,
  onEnd: (reason: string) => void,
): Running {
  const child = fork(entry, [], {
    env,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Payloads are bytes.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const orders = numberOrders(child)
  let lastWords = ''
  let online = false
  child.stderr?.on('data', piece => (lastWords = (lastWords + String(piece)).slice(-2000)))
  child.on('message', (report: Report) => {
    if (report.kind === 'connected' || report.kind === 'disconnected') online = report.kind === 'connected'
    orders.hear(report)
    hear(report, events)
  })
  child.once('exit', (code, signal) => {
    const reason = `the connection's process ended with ${code ?? signal}: ${firstError(lastWords)}`
    orders.abandon(reason)
    if (online) events.disconnected(reason)
    onEnd(reason)
  })
  const ended = once(child, 'exit')
  child.send(opening)
  return {
    order: orders.give,
    stop: async killAfterMs => {
      const late = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      // One that has ended, or ends now, has stopped too.
      await orders.give({ kind: 'stop' }).catch(() => undefined)
      if (child.connected) child.disconnect()
      await ended
      clearTimeout(late)
    },
  }
}

function hear(report: Report, events: CloudConnectionEvents): void {
  if (report.kind === 'connected') events.connected(report.sessionPresent)
  else if (report.kind === 'disconnected') events.disconnected(report.reason)
  else if (report.kind === 'failed') events.failed(report.reason)
  else if (report.kind === 'message') events.message(report.message)
}

/** Orders to a process under numbers, and their answers. */
function numberOrders(child: ChildProcess) {
  const open = new Map<number, PromiseWithResolvers<number>>()
  let count = 0
  return {
    give: (order: Order): Promise<number> => {
      if (!child.connected) return Promise.reject(new Error('AWS_ERROR_MQTT_NOT_CONNECTED'))
      count += 1
      const answer = Promise.withResolvers<number>()
      open.set(count, answer)
      child.send({ number: count, order })
      return answer.promise
    },
    hear: (report: Report): void => {
      if (report.kind !== 'done' && report.kind !== 'not-done') return
      if (report.kind === 'done') open.get(report.number)?.resolve(report.code)
      else open.get(report.number)?.reject(new Error(report.reason))
      open.delete(report.number)
    },
    abandon: (reason: string): void => {
      for (const answer of open.values()) answer.reject(new Error(reason))
      open.clear()
    },
  }
}

/** Node writes where an error was thrown first, then the error. */
const firstError = (text: string): string => /^\w*Error: .*$/mu.exec(text)?.[0] ?? text.trim()
