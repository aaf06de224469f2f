import { messageOf } from '../message-of.ts'

/** Restarts Greengrass, so that it connects with what is configured now. */
export interface Restart {
  /** @returns a problem where the restart could not be asked for; a restart that begins ends this process. */
  request(): Promise<{ ok: true } | { ok: false; problem: string }>
}

/** Time for systemd to take the order in, in milliseconds. */
const orderTimeoutMs = 30_000

/** Without `--no-block` the order would wait for the end of the process that gives it. */
export function systemdRestart(unit: string, command = 'systemctl'): Restart {
  const refused = (why: string): { ok: false; problem: string } => ({
    ok: false,
    problem: `Greengrass (${unit}) could not be restarted: ${why}. It is tried again; check that Greengrass runs as a system service and the component as root.`,
  })
  const order = async (): Promise<{ ok: true } | { ok: false; problem: string }> => {
    const { execFile } = await import('node:child_process')
    return new Promise(resolve => {
      execFile(command, ['--no-block', 'restart', unit], { timeout: orderTimeoutMs }, (error, _, stderr) => {
        resolve(error === null ? { ok: true } : refused(stderr.trim() || messageOf(error)))
      })
    })
  }
  // Short of memory, Node throws instead of calling back.
  return { request: async () => order().catch((error: unknown) => refused(messageOf(error))) }
}
