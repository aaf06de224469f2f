import { beforeEach, describe, expect, test } from 'vitest'
import { surroundingUnits } from '../systemctl/unit-command.ts'
import { type ManualClock, manualClock } from '../testing/manual-clock.ts'
import { createSupervisor, type Supervisor, type SupervisorEvent } from './supervisor.ts'

let clock: ManualClock
let events: SupervisorEvent[]
let startFailures: number
let running: number
let stopFails: boolean
let supervisor: Supervisor

beforeEach(() => {
  clock = manualClock()
  events = []
  startFailures = 0
  running = 0
  stopFails = false
  supervisor = createSupervisor({
    clock,
    mainPid: 4711,
    unitNames: ['build-agent.service'],
    restartDelayMs: 10_000,
    startService: async () => {
      if (startFailures-- > 0) throw new Error('no configuration')
      running++
      return {
        stop: async () => {
          running--
          if (stopFails) throw new Error('disk full')
        },
      }
    },
    tell: event => events.push(event),
  })
})

const restart = ['--no-block', 'restart', 'greengrass.service']
const names = () => events.map(({ event }) => event)

describe('systemctl', () => {
  test('restart without waiting answers first and restarts then', async () => {
    await supervisor.start()
    expect(await supervisor.systemctl(restart)).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(names()).toEqual(['started', 'restart-requested'])
    await clock.advance(0)
    expect(names()).toEqual(['started', 'restart-requested', 'stopped', 'started'])
    expect(running).toBe(1)
  })

  test('restart with waiting answers when it is done', async () => {
    await supervisor.start()
    const answer = supervisor.systemctl(['restart', 'greengrass'])
    await clock.advance(0)
    expect(await answer).toMatchObject({ exitCode: 0 })
    expect(names().filter(name => name === 'started')).toHaveLength(2)
  })

  test('show and is-active tell the state', async () => {
    expect(await supervisor.systemctl(['is-active', 'greengrass.service'])).toMatchObject({
      exitCode: 3,
      stdout: 'activating\n',
    })
    await supervisor.start()
    expect(await supervisor.systemctl(['is-active', '--quiet', 'greengrass.service'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    const shown = await supervisor.systemctl(['show', '-p', 'MainPID,KillMode', 'greengrass.service'])
    expect(shown.stdout).toBe('MainPID=4711\nKillMode=mixed\n')
    const value = await supervisor.systemctl(['show', '--property=InvocationID', '--value', 'greengrass'])
    await supervisor.restart()
    const next = await supervisor.systemctl(['show', '--property=InvocationID', '--value', 'greengrass'])
    expect(value.stdout).toMatch(/^[0-9a-f]{32}\n$/)
    expect(next.stdout).not.toBe(value.stdout)
  })

  test('knows the unit that the whole lab runs in as its own', async () => {
    await supervisor.start()
    await supervisor.systemctl(['--no-block', 'restart', 'build-agent.service'])
    await clock.advance(0)
    expect(names()).toEqual(['started', 'restart-requested', 'stopped', 'started'])
    const cgroup = '1:name=systemd:/system.slice/a.service\n0::/user.slice/user@0.service/b.service/x.scope\n'
    expect(surroundingUnits(cgroup)).toEqual(['a.service', 'user@0.service', 'b.service'])
    expect(surroundingUnits('0::/\n')).toEqual([])
  })

  test.each([
    [['restart', 'nginx.service'], 5, 'Unit nginx.service not found.'],
    [['is-active', 'nginx.service'], 3, 'inactive'],
    [['mask', 'greengrass.service'], 1, "Unknown command verb 'mask'."],
    [['restart'], 1, 'Too few arguments.'],
    [[], 1, 'needs a verb'],
    [['--frobnicate', 'restart', 'greengrass.service'], 1, "unrecognized option '--frobnicate'"],
  ])('%j ends with %i', async (args, exitCode, message) => {
    await supervisor.start()
    const answer = await supervisor.systemctl(args)
    expect(answer.exitCode).toBe(exitCode)
    expect(answer.stderr).toContain(message)
    expect(names()).toEqual(['started'])
  })
})

describe('restart faults', () => {
  test('D16: swallowed, it says yes and nothing happens; the next one works', async () => {
    await supervisor.start()
    supervisor.setRestartFault({ kind: 'swallow', delayMs: 0, times: 1 })
    expect(await supervisor.systemctl(restart)).toMatchObject({ exitCode: 0 })
    await clock.advance(1000)
    expect(names()).toEqual(['started', 'restart-requested'])
    expect(supervisor.restartFaultsFired()).toBe(1)
    await supervisor.systemctl(restart)
    await clock.advance(0)
    expect(names().at(-1)).toBe('started')
  })

  test('D6: slow, it restarts after its delay; failing, it says no', async () => {
    await supervisor.start()
    supervisor.setRestartFault({ kind: 'slow', delayMs: 5000, times: 1 })
    await supervisor.systemctl(restart)
    await clock.advance(4999)
    expect(names()).not.toContain('stopped')
    await clock.advance(1)
    expect(names()).toContain('stopped')
    supervisor.setRestartFault({ kind: 'fail', delayMs: 0, times: null })
    expect(await supervisor.systemctl(restart)).toMatchObject({ exitCode: 1 })
    supervisor.setRestartFault(null)
    expect(await supervisor.systemctl(restart)).toMatchObject({ exitCode: 0 })
  })
})

test('a start that fails is told and tried again', async () => {
  startFailures = 1
  await supervisor.start()
  expect(events).toEqual([{ event: 'start-failed', reason: 'no configuration' }])
  await clock.advance(10_000)
  expect(names()).toEqual(['start-failed', 'started'])
})

test('restarts asked for at once run one after the other, and none after the stop', async () => {
  await supervisor.start()
  await Promise.all([supervisor.restart(), supervisor.restart(), supervisor.stop(), supervisor.restart()])
  expect(running).toBe(0)
  expect(names().filter(name => name === 'started')).toHaveLength(1)
})

test('a stop that fails is told, and the restart goes on', async () => {
  await supervisor.start()
  stopFails = true
  await supervisor.restart()
  expect(events).toContainEqual({ event: 'stop-failed', reason: 'disk full' })
  expect(names().at(-1)).toBe('started')
})
