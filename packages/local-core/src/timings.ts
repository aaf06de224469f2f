/** Waiting times of the nucleus. The first set is the real nucleus's, the second is for labs and tests. */
export interface Timings {
  /** After a connection could not even be built (bad files): 2 min, plus up to `buildRetryJitterMs`. */
  readonly buildRetryMs: number
  readonly buildRetryJitterMs: number
  /** Bounds of the MQTT client's own reconnect back-off, with full jitter. */
  readonly minReconnectDelayMs: number
  readonly maxReconnectDelayMs: number
  /** From a change of `system.*` or `mqtt.*` settings to new connections. */
  readonly reconfigureDelayMs: number
  /** Subscriptions lost with a session and refused are asked for again after this. */
  readonly resubscribeRetryMs: number
  /** From SIGTERM to SIGKILL when a component is stopped. */
  readonly killAfterMs: number
  readonly installTimeoutMs: number
  /** Errors of a component further apart than this do not add up. */
  readonly errorResetMs: number
  readonly validationTimeoutMs: number
  readonly deferTimeoutMs: number
  /** The service manager's pause before it starts a service again that ended by itself. */
  readonly serviceRestartMs: number
}

export const realTimings: Timings = {
  buildRetryMs: 120_000,
  buildRetryJitterMs: 10_000,
  minReconnectDelayMs: 1_000,
  maxReconnectDelayMs: 120_000,
  reconfigureDelayMs: 1_000,
  resubscribeRetryMs: 120_000,
  killAfterMs: 5_000,
  installTimeoutMs: 120_000,
  errorResetMs: 3_600_000,
  validationTimeoutMs: 20_000,
  deferTimeoutMs: 60_000,
  serviceRestartMs: 10_000,
}

export const fastTimings: Timings = {
  ...realTimings,
  buildRetryMs: 1_000,
  buildRetryJitterMs: 100,
  minReconnectDelayMs: 50,
  maxReconnectDelayMs: 500,
  reconfigureDelayMs: 50,
  resubscribeRetryMs: 1_000,
  killAfterMs: 2_000,
  deferTimeoutMs: 5_000,
  serviceRestartMs: 200,
}
