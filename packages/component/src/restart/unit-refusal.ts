import { systemTimers, type Timers } from '../timers.ts'
import { readProperties, type SystemctlAnswer, systemctl } from './systemctl.ts'

const advice =
  'Run Greengrass as a system service of systemd, outside a container or with systemd in it, then create a new job.'

const attempts = 4
/** In milliseconds, between two of them. */
const pauseMs = 2_000

/** A machine that is busy may fail a question, which is no reason to refuse a job. */
async function askPatiently(
  args: readonly string[],
  command: string | undefined,
  timers: Timers,
): Promise<SystemctlAnswer> {
  let answer = await systemctl(args, command)
  for (let made = 1; made < attempts && !answer.ok; made += 1) {
    await new Promise<void>(resolve => {
      timers.after(pauseMs, resolve)
    })
    answer = await systemctl(args, command)
  }
  return answer
}

/**
 * Why a unit could not be restarted: Greengrass that was started by hand, or as the one program of a container, cannot
 * be restarted by a component, and a new identity would never be used.
 */
export async function unitRefusal(
  unit: string,
  command?: string,
  timers: Timers = systemTimers,
): Promise<string | undefined> {
  const answer = await askPatiently(['show', '--property=LoadState,ActiveState', unit], command, timers)
  if (!answer.ok) {
    return `Greengrass cannot be restarted on this device: systemd does not answer (${answer.why}). ${advice}`
  }
  const { LoadState, ActiveState = '' } = readProperties(answer.output)
  if (LoadState !== 'loaded') {
    return `Greengrass cannot be restarted on this device: it has no system service ${unit}. ${advice}`
  }
  if (!['inactive', 'failed'].includes(ActiveState)) return undefined
  return `Greengrass cannot be restarted on this device: its system service ${unit} is ${ActiveState}, so it was started in another way. ${advice}`
}
