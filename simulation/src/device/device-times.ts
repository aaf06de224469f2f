/** How long a device takes, whichever version runs on it. */
export const componentRestartMs = 2_000
export const powerBackMs = 30_000
export const probeMs = 300
