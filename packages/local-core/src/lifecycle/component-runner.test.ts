import { beforeEach, describe, expect, test } from 'vitest'
import { mergeChanges } from '../config/config-merge.ts'
import { type ConfigMap, createConfigTree } from '../config/config-tree.ts'
import { type FakeProcess, fakeProcesses } from '../testing/fake-process.ts'
import { type ManualClock, manualClock } from '../testing/manual-clock.ts'
import { realTimings } from '../timings.ts'
import { type ComponentEvent, createComponentRunner } from './component-runner.ts'
import { reportState } from './error-counter.ts'

let clock: ManualClock
let processes: ReturnType<typeof fakeProcesses>
let events: ComponentEvent[]

beforeEach(() => {
  clock = manualClock()
  processes = fakeProcesses()
  events = []
})

function runner(lifecycle: ConfigMap) {
  return createComponentRunner({
    component: 'c',
    tree: createConfigTree(mergeChanges(['services', 'c'], { lifecycle }, 1)),
    environment: { SVCUID: 'token' },
    workFolder: '/work/c',
    logFile: '/logs/c.log',
    startProcess: processes.start,
    clock,
    timings: realTimings,
    tell: event => events.push(event),
  })
}

const last = (): FakeProcess => {
  const process = processes.started.at(-1)
  if (process === undefined) throw new Error('nothing was started')
  return process
}
const states = () => events.flatMap(event => (event.event === 'component-state' ? [event.state] : []))
async function exit(code: number) {
  last().exit(code)
  await clock.advance(0)
}

describe('a component', () => {
  test('is installed, then run in its work folder with its environment', async () => {
    runner({ install: 'prepare', run: { script: 'work', setenv: { A: 'b' } } }).start()
    expect(last().script).toBe('prepare')
    await exit(0)
    expect(last()).toMatchObject({
      script: 'work',
      workFolder: '/work/c',
      environment: { SVCUID: 'token', A: 'b' },
    })
    expect(states()).toEqual(['INSTALLED', 'STARTING', 'RUNNING'])
  })

  test('that ends with 0 is FINISHED and not run again', async () => {
    runner({ run: 'work' }).start()
    await clock.advance(0)
    await exit(0)
    expect(states().at(-1)).toBe('FINISHED')
    expect(processes.started).toHaveLength(1)
  })

  test('that has nothing to run is FINISHED at once', async () => {
    runner({}).start()
    await clock.advance(0)
    expect(states()).toEqual(['INSTALLED', 'STARTING', 'FINISHED'])
  })

  test('is BROKEN by its third error within the hour', async () => {
    runner({ run: 'work' }).start()
    await clock.advance(0)
    for (const code of [1, 2, 3]) await exit(code)
    expect(processes.started).toHaveLength(3)
    expect(states().filter(state => state === 'ERRORED')).toHaveLength(2)
    expect(states().at(-1)).toBe('BROKEN')
  })

  test('is run on and on when its errors are an hour apart', async () => {
    runner({ run: 'work' }).start()
    for (let count = 0; count < 5; count++) {
      await clock.advance(realTimings.errorResetMs)
      await exit(1)
    }
    expect(processes.started).toHaveLength(6)
  })

  test('whose installation fails, or takes longer than its timeout, is not run', async () => {
    runner({ install: { script: 'prepare', timeout: 10 }, run: 'work' }).start()
    await exit(1)
    expect(states()).toEqual(['ERRORED'])
    await clock.advance(10_000)
    expect(processes.started[1]?.stopped).toBe(true)
    await exit(1)
    expect(states()).toEqual(['ERRORED', 'ERRORED', 'BROKEN'])
    expect(processes.started.map(({ script }) => script)).toEqual(['prepare', 'prepare', 'prepare'])
  })

  test('that is stopped is not taken for failed', async () => {
    const component = runner({ run: 'work' })
    component.start()
    await clock.advance(0)
    await component.stop()
    await clock.advance(0)
    expect(last().stopped).toBe(true)
    expect(states().at(-1)).toBe('STOPPING')
    expect(processes.started).toHaveLength(1)
  })

  test('that reports ERRORED is stopped and run again; RUNNING forgets its errors', async () => {
    const component = runner({ run: 'work' })
    component.start()
    await clock.advance(0)
    component.report('ERRORED')
    await clock.advance(0)
    component.report('ERRORED')
    await clock.advance(0)
    component.report('RUNNING')
    component.report('ERRORED')
    await clock.advance(0)
    expect(processes.started).toHaveLength(4)
    expect(states()).not.toContain('BROKEN')
  })

  test('tells the process group of each process, and how it ended', async () => {
    const component = runner({ run: 'work' })
    component.start()
    await clock.advance(0)
    expect(component.processGroups()).toEqual([1000])
    await exit(0)
    expect(component.processGroups()).toEqual([])
    expect(events.filter(({ event }) => event !== 'component-state')).toEqual([
      { event: 'component-started', component: 'c', step: 'run', pid: 1000, processGroup: 1000 },
      { event: 'component-exited', component: 'c', step: 'run', pid: 1000, code: 0, signal: null },
    ])
  })
})

test('errors are counted for each state by itself', () => {
  const at = (atMs: number, current: 'RUNNING' | 'STARTING') => ({ current, next: 'ERRORED' as const, atMs })
  const first = reportState({}, at(0, 'RUNNING'), 100)
  const second = reportState(first.errors, at(99, 'RUNNING'), 100)
  expect(reportState(second.errors, at(120, 'STARTING'), 100).next).toBe('ERRORED')
  expect(reportState(second.errors, at(120, 'RUNNING'), 100).next).toBe('BROKEN')
  expect(reportState(second.errors, at(199, 'RUNNING'), 100).next).toBe('ERRORED')
})
