import { randomUUID } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { functionFromSource, temporaryFolder } from '../testing/function-bundle.ts'
import { FunctionRunner } from './function-runner.ts'
import { Sandbox } from './sandbox.ts'

let folder: ReturnType<typeof temporaryFolder>
let runner: FunctionRunner
let started: Sandbox[]

beforeEach(() => {
  folder = temporaryFolder()
  started = []
})

afterEach(async () => {
  await runner.stop()
  folder[Symbol.dispose]()
})

/** Waits in the handler until the file `go` is there. */
const waits = `import { existsSync } from 'node:fs'
  let count = 0
  export const handler = async () => {
    while (!existsSync('go')) await new Promise(resolve => setTimeout(resolve, 5))
    return { pid: process.pid, count: ++count, value: process.env.VALUE }
  }`

function run(more: Parameters<typeof functionFromSource>[2] = {}, mostInstances = 10): void {
  runner = new FunctionRunner(functionFromSource(folder.path, waits, more), {
    mostInstances,
    async startInstance(configuration) {
      const sandbox = await Sandbox.start({
        configuration,
        clock: systemClock,
        log: () => {},
        environment: address => ({
          ...configuration.environment,
          AWS_LAMBDA_RUNTIME_API: address,
          LAMBDA_TASK_ROOT: configuration.codeDirectory,
          _HANDLER: configuration.handler,
        }),
      })
      started.push(sandbox)
      return sandbox
    },
  })
}

const go = () => writeFileSync(path.join(folder.path, 'go'), '')
const invoke = async () =>
  JSON.parse((await runner.invoke(randomUUID(), Buffer.from('{}'))).payload.toString())

test('two invocations at once run in two processes, and the next in a warm one', async () => {
  run()
  const both = Promise.all([invoke(), invoke()])
  go()
  const [one, other] = await both
  expect(one.pid).not.toBe(other.pid)
  expect(await invoke()).toMatchObject({ count: 2 })
  expect(started).toHaveLength(2)
})

test('more invocations than the machine has processes for wait', async () => {
  run({}, 1)
  const both = Promise.all([invoke(), invoke()])
  go()
  expect((await both).map(({ count }) => count)).toEqual([1, 2])
  expect(started).toHaveLength(1)
})

test('a warm process takes the first invocation', async () => {
  run()
  await runner.warm()
  await runner.warm()
  go()
  expect((await invoke()).pid).toBe(started[0]?.pid)
  expect(started).toHaveLength(1)
})

test('reserved concurrency throttles', async () => {
  run({ reservedConcurrency: 1 })
  const first = invoke()
  await expect(invoke()).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 })
  go()
  await first
})

test('a new configuration is served by new processes, and the old ones end', async () => {
  run({ environment: { VALUE: 'old' } })
  go()
  expect(await invoke()).toMatchObject({ value: 'old' })
  runner.configure({ ...runner.configuration, environment: { VALUE: 'new' } })
  expect(await invoke()).toMatchObject({ value: 'new' })
  await started[0]?.exited
  expect(started.map(sandbox => sandbox.isDead)).toEqual([true, false])
})

test('a process that dies while it is idle is not used again', async () => {
  run()
  go()
  const { pid } = await invoke()
  process.kill(pid, 'SIGKILL')
  await started[0]?.exited
  expect((await invoke()).pid).not.toBe(pid)
})

test('stopping ends a process that only begins', async () => {
  run()
  const result = runner.invoke('1', Buffer.from('{}'))
  await runner.stop()
  expect(JSON.parse((await result).payload.toString())).toMatchObject({ errorType: 'Runtime.ExitError' })
  expect(existsSync(`/proc/${started[0]?.pid}`)).toBe(false)
})

test('stopping ends the processes and answers what waits', async () => {
  run({}, 1)
  const running = runner.invoke('1', Buffer.from('{}'))
  const waiting = runner.invoke('2', Buffer.from('{}'))
  await expect.poll(() => started.length).toBe(1)
  const refusal = waiting.catch((error: unknown) => error)
  await runner.stop()
  expect(await refusal).toMatchObject({ code: 'TooManyRequestsException' })
  expect(JSON.parse((await running).payload.toString())).toMatchObject({ errorType: 'Runtime.ExitError' })
  expect(existsSync(`/proc/${started[0]?.pid}`)).toBe(false)
})
