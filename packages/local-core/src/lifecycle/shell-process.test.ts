import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { isAlive, temporaryFolder } from '../testing/core-process.ts'
import { fakeProcesses } from '../testing/fake-process.ts'
import { processContract } from '../testing/process-contract.ts'
import { killLeftovers, readProcessGroups, rootVariable, writeProcessGroups } from './process-group.ts'
import { shellProcesses } from './shell-process.ts'

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const request = (script: string) => ({
  script,
  workFolder: join(folder, 'work'),
  environment: { OWN: 'own' },
  logFile: join(folder, 'logs', 'c.log'),
})
const start = () => shellProcesses(systemClock, { PATH: process.env['PATH'] ?? '', [rootVariable]: folder })

describe('fake processes', () => {
  const fakes = fakeProcesses()
  processContract(() => ({
    start: fakes.start,
    request,
    letExit: code => fakes.started.at(-1)?.exit(code),
  }))
})

describe('shell processes', () => {
  processContract(() => ({ start: start(), request, letExit: () => {} }))

  test('run in their folder, with their environment, and write into the log', async () => {
    await start()(request(`echo "$PWD $OWN $${rootVariable}"; echo oops >&2`)).exited
    expect(readFileSync(join(folder, 'logs', 'c.log'), 'utf8')).toBe(
      `${join(folder, 'work')} own ${folder}\noops\n`,
    )
  })

  test('die with their whole group, also when they ignore SIGTERM', async () => {
    const running = start()(
      request(`trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`),
    )
    const log = () => readFileSync(join(folder, 'logs', 'c.log'), 'utf8')
    await expect.poll(log).toMatch(/^\d+\n$/)
    const child = Number(log())
    await running.stop(50)
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await expect.poll(() => isAlive(child)).toBe(false)
  })
})

describe('leftovers', () => {
  test('of this root are killed, also outside any group that is known; strangers are not', async () => {
    const ours = start()(request('setsid sleep 1000 & echo $!; wait'))
    const strangers = shellProcesses(systemClock, { PATH: process.env['PATH'] ?? '' })(
      request('exec sleep 1000'),
    )
    const log = () => readFileSync(join(folder, 'logs', 'c.log'), 'utf8')
    await expect.poll(log).toMatch(/^\d+\n$/)
    const escaped = Number(log())
    await expect.poll(() => readFileSync(`/proc/${escaped}/comm`, 'utf8')).toBe('sleep\n')
    const file = join(folder, 'process-groups')
    writeProcessGroups(file, [ours.pid])
    expect(new Set(killLeftovers(file, folder))).toEqual(new Set([ours.pid, escaped]))
    expect(await ours.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await expect.poll(() => isAlive(escaped)).toBe(false)
    expect(isAlive(strangers.pid)).toBe(true)
    expect(readProcessGroups(file)).toEqual([])
    await strangers.stop(60_000)
  })

  test('of a root that never ran are none', () => {
    expect(killLeftovers(join(folder, 'process-groups'), folder)).toEqual([])
  })
})
