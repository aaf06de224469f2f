import type { Log } from '../log.ts'
import { messageOf } from '../message-of.ts'
import { runTask, type TaskRunnerOptions } from './run-task.ts'
import type { TaskAnswer, TaskRequest } from './task-protocol.ts'

const retryMs = 10_000

/**
 * The first task of a process, repeated until it is done: no phase is there yet that would order it again. Ending
 * the process instead would have Greengrass give the component up after three times, perhaps in the middle of a switch.
 */
export async function begin(
  runner: TaskRunnerOptions,
  request: TaskRequest<'begin'>,
  log: Log,
): Promise<TaskAnswer<'begin'>> {
  for (;;) {
    try {
      return await runTask(runner, 'begin', request)
    } catch (error) {
      log('error', messageOf(error))
      await new Promise<void>(resolve => {
        runner.timers.after(retryMs, resolve)
      })
    }
  }
}
