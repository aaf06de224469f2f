import { type ServiceDigest, serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import type { Timers } from '../timers.ts'
import type { RestartHost } from './restart.ts'
import { systemctl } from './systemctl.ts'
import { notRestarted } from './systemd-restart.ts'
import { unitRefusal } from './unit-refusal.ts'

/** The daemon of Nucleus Lite that holds the connection with AWS IoT; the others read the files for every request. */
export const iotcored = 'ggl.core.iotcored.service'

/**
 * Restarts of Nucleus Lite's connection alone. It reads certificate and key at every connect, and this component, like
 * all others, goes on; but what was subscribed to before gets no messages any more, without a word.
 */
export function liteRestart(command?: string, timers?: Timers): RestartHost {
  const life = async (): Promise<ServiceDigest | undefined> => {
    const answer = await systemctl(['show', '--property=InvocationID', '--value', iotcored], command)
    // 32 random digits, and no secret: they need no digest, only its length.
    const id = answer.ok ? answer.output.trim() : ''
    const named = v.safeParse(serviceDigestSchema, id + id)
    return named.success ? named.output : undefined
  }
  return {
    life,
    refusal: async () => unitRefusal(iotcored, command, timers),
    request: async () => {
      const answer = await systemctl(['restart', iotcored], command)
      if (!answer.ok) return { ok: false, problem: notRestarted(iotcored, answer.why) }
      const service = await life()
      const untold = notRestarted(iotcored, 'systemd does not tell whether it was')
      return service === undefined ? { ok: false, problem: untold } : { ok: true, service }
    },
  }
}
