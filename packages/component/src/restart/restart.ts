import type { ServiceDigest } from '@rotator/rotation/device/state'

/** Restarts Greengrass, so that it connects with what is configured now. */
export interface Restart {
  /**
   * A classic nucleus takes this process along: its next life is the outcome. Where this process goes on, as on Nucleus
   * Lite, `service` names the new life of what connects.
   *
   * @returns a problem where the restart could not be asked for
   */
  request(): Promise<{ ok: true; service?: ServiceDigest } | { ok: false; problem: string }>
}

/** What can be known of restarts before anything depends on one. */
export interface RestartHost extends Restart {
  /** @returns why Greengrass could not be restarted on this device; undefined where nothing speaks against it */
  refusal(): Promise<string | undefined>
  /**
   * Names the present life of what connects; undefined where it cannot be told now, and always on a classic nucleus,
   * where the token that this process was given names it.
   */
  life(): Promise<ServiceDigest | undefined>
}
