import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { systemClock } from '../clock.ts'
import { CredentialStore } from '../iam/credentials.ts'
import { functionFromSource, temporaryFolder } from '../testing/function-bundle.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { InvocationResult } from './function-instance.ts'
import type { Sandbox } from './sandbox.ts'
import { SandboxFactory } from './sandbox-factory.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
let folder: ReturnType<typeof temporaryFolder>
let lines: string[]
let started: Sandbox[]
let factory: SandboxFactory
let credentials: CredentialStore

beforeEach(() => {
  folder = temporaryFolder()
  lines = []
  started = []
  credentials = new CredentialStore(systemClock, length =>
    randomUUID().replaceAll('-', '').toUpperCase().padEnd(length, 'A').slice(0, length),
  )
  factory = new SandboxFactory({
    credentials,
    newId: randomUUID,
    log: (_, line) => lines.push(line),
    surroundings: () => ({
      account: defaultAccount,
      endpointUrl: 'http://127.0.0.1:1',
      rootCaPath: '',
      routes: {},
      runtimeFolder: root,
      nodePath: path.join(root, 'node_modules'),
      compileCache: path.join(folder.path, 'compile-cache'),
    }),
  })
})

afterEach(async () => {
  for (const sandbox of started) {
    sandbox.kill()
    await sandbox.exited
  }
  folder[Symbol.dispose]()
})

async function start(source: string, more: Partial<FunctionConfiguration> = {}): Promise<Sandbox> {
  const sandbox = await factory.start(functionFromSource(folder.path, source, more))
  started.push(sandbox)
  return sandbox
}

const invoke = (sandbox: Sandbox, event: unknown = {}, requestId: string = randomUUID()) =>
  sandbox.invoke({ requestId, functionArn: 'arn:f', event: Buffer.from(JSON.stringify(event)) })

const result = ({ functionError, payload }: InvocationResult) => ({
  ...(functionError && { functionError }),
  payload: JSON.parse(payload.toString()),
})

describe('a sandbox', () => {
  test('runs the handler with event, context and environment, and keeps its state warm', async () => {
    const source = `let count = 0
      export const handler = async (event, context) => ({
        event, count: ++count, id: context.awsRequestId, arn: context.invokedFunctionArn,
        memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis() > 5000,
        region: process.env.AWS_REGION, key: process.env.AWS_ACCESS_KEY_ID, own: process.env.OWN,
        endpoint: process.env.AWS_ENDPOINT_URL, leaked: process.env.HOME })`
    const sandbox = await start(source, { environment: { OWN: 'x', AWS_REGION: 'not-mine' } })
    const first = result(await invoke(sandbox, { a: 1 }, 'request-1'))
    expect(first.payload).toEqual({
      event: { a: 1 },
      count: 1,
      id: 'request-1',
      arn: 'arn:f',
      memory: '128',
      left: true,
      region: 'us-east-1',
      key: expect.stringMatching(/^ASIA/),
      own: 'x',
      endpoint: 'http://127.0.0.1:1',
    })
    expect(result(await invoke(sandbox)).payload).toMatchObject({ count: 2 })
    expect(factory.sandboxOf(first.payload.key)).toBe(sandbox)
    expect(credentials.sessionOf(first.payload.key)).toMatchObject({ sessionName: 'f' })
  })

  test('answers null for a handler that returns nothing', async () => {
    const sandbox = await start('export const handler = async () => {}')
    expect(result(await invoke(sandbox))).toEqual({ payload: null })
  })

  test('tells an error by its type, message and trace, and serves on', async () => {
    const sandbox = await start(
      `export const handler = async event => { if (event.bad) throw new TypeError('bad event'); return 'good' }`,
    )
    expect(result(await invoke(sandbox, { bad: true }))).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'TypeError', errorMessage: 'bad event', trace: expect.any(Array) },
    })
    expect(result(await invoke(sandbox))).toEqual({ payload: 'good' })
  })

  test('is killed when the function takes too long', async () => {
    const sandbox = await start('export const handler = () => new Promise(() => {})', { timeoutSeconds: 0.3 })
    expect(result(await invoke(sandbox))).toMatchObject({
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 0.30 seconds'),
      },
    })
    expect(sandbox.isDead).toBe(true)
    expect(await sandbox.exited).toBe('signal: SIGKILL')
  })

  test('tells of a process that exits in the middle', async () => {
    const sandbox = await start('export const handler = () => process.exit(7)')
    expect(result(await invoke(sandbox))).toMatchObject({
      payload: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 7') },
    })
  })

  test('tells why a bundle could not be loaded', async () => {
    const sandbox = await start(`throw new RangeError('at load')`)
    expect(result(await invoke(sandbox))).toMatchObject({
      payload: { errorType: 'RangeError', errorMessage: 'at load' },
    })
  })

  test.each([
    ['a missing export', 'index.other', 'Runtime.HandlerNotFound'],
    ['a missing file', 'other.handler', 'Runtime.ImportModuleError'],
  ])('tells of %s', async (_, handler, errorType) => {
    const sandbox = await start('export const handler = 1', { handler })
    expect(result(await invoke(sandbox))).toMatchObject({ payload: { errorType } })
  })

  test('keeps what the function writes', async () => {
    const sandbox = await start(
      `export const handler = () => { console.log('to out'); console.error('to err') }`,
    )
    await invoke(sandbox, {}, 'request-1')
    sandbox.kill()
    await sandbox.exited
    expect(lines).toEqual(
      expect.arrayContaining(['START RequestId: request-1 Version: $LATEST', 'to out', 'to err']),
    )
  })

  test('lets require and import find the AWS SDK of the runtime', async () => {
    writeFileSync(
      path.join(folder.path, 'old.cjs'),
      `exports.name = require('@aws-sdk/client-sqs').SQSClient.name`,
    )
    const sandbox = await start(
      `import old from './old.cjs'
       export const handler = async () => [old.name, (await import('@aws-sdk/client-sns')).SNSClient.name]`,
    )
    expect(result(await invoke(sandbox))).toEqual({ payload: ['SQSClient', 'SNSClient'] })
  })

  test('loads a CommonJS bundle', async () => {
    writeFileSync(path.join(folder.path, 'old.js'), 'exports.handler = async () => typeof require')
    const sandbox = await start('', { handler: 'old.handler' })
    expect(result(await invoke(sandbox))).toEqual({ payload: 'function' })
  })
})
