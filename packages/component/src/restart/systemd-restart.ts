import type { Timers } from '../timers.ts'
import type { RestartHost } from './restart.ts'
import { systemctl } from './systemctl.ts'
import { unitRefusal } from './unit-refusal.ts'

/** Restarts a classic nucleus as the system service that it runs as. This process ends with it. */
export const systemdRestart = (unit: string, command?: string, timers?: Timers): RestartHost => ({
  life: async () => undefined,
  refusal: async () => unitRefusal(unit, command, timers),
  request: async () => {
    // Without `--no-block` the order would wait for the end of the process that gives it.
    const answer = await systemctl(['--no-block', 'restart', unit], command)
    return answer.ok ? { ok: true } : { ok: false, problem: notRestarted(unit, answer.why) }
  },
})

export const notRestarted = (unit: string, why: string): string =>
  `Greengrass (${unit}) could not be restarted: ${why}. It is tried again; check that Greengrass runs as a system service and the component as root.`
