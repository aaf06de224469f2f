import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFixtureStack } from './testing/fixture-stack.ts'
import { temporaryFolder } from './testing/function-bundle.ts'

let folder: ReturnType<typeof temporaryFolder>
let started: ChildProcess[]

beforeEach(() => {
  folder = temporaryFolder()
  started = []
})

afterEach(async () => {
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  folder[Symbol.dispose]()
})

function run(...args: string[]) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const output = { out: '', err: '' }
  child.stdout.on('data', data => (output.out += String(data)))
  child.stderr.on('data', data => (output.err += String(data)))
  const line = new Promise<string>(resolve => createInterface({ input: child.stdout }).once('line', resolve))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...output }))
  return { child, line, ended }
}

/** The processes that a process has started and that still run. */
function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it tells its endpoints when it is ready, and on %s leaves nothing behind',
  async signal => {
    const { child, line, ended } = run('--directory', folder.path, '--deploy', writeFixtureStack(folder.path))
    const ready = JSON.parse(await line)
    expect(ready).toMatchObject({
      rootCaPath: path.join(folder.path, 'root-ca.pem'),
      stacks: [{ name: 'Fixture', outputs: { Greeting: 'hello Create' } }],
    })
    expect((await fetch(`${ready.endpoints.http}/endpoint`)).headers.get('x-amzn-errortype')).toBe(
      'MissingAuthenticationTokenException',
    )
    const functions = childrenOf(child.pid)
    expect(functions.length).toBeGreaterThan(0)
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, err: '' })
    for (const pid of functions) expect(existsSync(`/proc/${pid}`)).toBe(false)
  },
  60_000,
)

test('its functions end with it even where it is killed', async () => {
  const { child, line } = run('--directory', folder.path, '--deploy', writeFixtureStack(folder.path))
  await line
  const functions = childrenOf(child.pid)
  child.kill('SIGKILL')
  for (const pid of functions)
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false)
}, 60_000)

test('a signal during a deployment ends it', async () => {
  const template = writeFixtureStack(folder.path, resources =>
    Object.assign(resources['CustomFunction']?.Properties ?? {}, {
      Code: { ZipFile: 'exports.handler = () => new Promise(() => {})' },
      Timeout: 900,
    }),
  )
  const { child, ended } = run('--directory', folder.path, '--deploy', template)
  await expect
    .poll(() => existsSync(path.join(folder.path, 'logs')) && readdirSync(path.join(folder.path, 'logs')), {
      timeout: 10_000,
    })
    .toEqual(['custom.log'])
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, out: '' })
}, 60_000)
