import { expect, test } from 'vitest'
import type { StartProcess } from '../lifecycle/process-port.ts'

export interface ContractProcesses {
  readonly start: StartProcess
  /** Lets a process that was started as `exit 7` end so, where it does not by itself. */
  readonly letExit: (code: number) => void
  readonly request: (script: string) => Parameters<StartProcess>[0]
}

/** What every starter of processes does. */
export function processContract(processes: () => ContractProcesses): void {
  test('tells the exit code', async () => {
    const { start, request, letExit } = processes()
    const running = start(request('exit 7'))
    letExit(7)
    expect(await running.exited).toEqual({ code: 7, signal: null })
  })

  test('stops a process, which then has no exit code', async () => {
    const { start, request } = processes()
    const running = start(request('exec sleep 1000'))
    expect(running.pid).toBeGreaterThan(1)
    await running.stop(60_000)
    expect(await running.exited).toEqual({ code: null, signal: 'SIGTERM' })
  })

  test('can be stopped after its end', async () => {
    const { start, request, letExit } = processes()
    const running = start(request('exit 7'))
    letExit(7)
    await running.exited
    await running.stop(60_000)
    expect(await running.exited).toEqual({ code: 7, signal: null })
  })
}
