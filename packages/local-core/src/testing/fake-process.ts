import type { ProcessExit, ProcessRequest, RunningProcess, StartProcess } from '../lifecycle/process-port.ts'

export interface FakeProcess extends ProcessRequest {
  readonly pid: number
  readonly exit: (code: number) => void
  stopped: boolean
}

/** Processes that end when a test says so; stopped ones end by SIGTERM. */
export function fakeProcesses(): { readonly start: StartProcess; readonly started: FakeProcess[] } {
  const started: FakeProcess[] = []
  const start = (request: ProcessRequest): RunningProcess => {
    const { promise: exited, resolve } = Promise.withResolvers<ProcessExit>()
    const fake: FakeProcess = {
      ...request,
      pid: 1000 + started.length,
      stopped: false,
      exit: code => resolve({ code, signal: null }),
    }
    started.push(fake)
    return {
      pid: fake.pid,
      exited,
      stop: async () => {
        fake.stopped = true
        resolve({ code: null, signal: 'SIGTERM' })
        await exited
      },
    }
  }
  return { start, started }
}
