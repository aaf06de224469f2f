import type { ServiceDigest } from '@rotator/rotation/device/state'
import type { Log } from '../log.ts'
import type { Timers } from '../timers.ts'
import type { RestartHost } from './restart.ts'

/** In milliseconds. */
const retryMs = 10_000

const untold =
  'systemd does not tell which life of Nucleus Lite this is, and without it a restart could not be told from none. It is asked again; check that the component runs as root.'

/**
 * The present life of what connects, asked for until it is known: a stand-in would differ from what the journal has, and
 * so look like a restart that never was.
 */
export async function knownLife(
  host: Pick<RestartHost, 'life'>,
  timers: Timers,
  log: Log,
): Promise<ServiceDigest> {
  for (;;) {
    const life = await host.life()
    if (life !== undefined) return life
    log('warn', untold)
    await new Promise<void>(resolve => {
      timers.after(retryMs, resolve)
    })
  }
}
