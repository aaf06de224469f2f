import { messageOf } from '../message-of.ts'

export type SystemctlAnswer = { ok: true; output: string } | { ok: false; why: string }

/** Time for systemd to take an order in, or to carry a short one out, in milliseconds. */
const timeoutMs = 30_000

/**
 * Gives systemd an order, or asks it something. The short process is what systemd's own tools need; its bus would
 * have to be spoken by ourselves.
 */
export async function systemctl(args: readonly string[], command = 'systemctl'): Promise<SystemctlAnswer> {
  const run = async (): Promise<SystemctlAnswer> => {
    // Loaded when first needed, as little else of Node is.
    const { execFile } = await import('node:child_process')
    return new Promise(resolve => {
      execFile(command, args, { timeout: timeoutMs }, (error, output, stderr) => {
        resolve(error === null ? { ok: true, output } : { ok: false, why: stderr.trim() || messageOf(error) })
      })
    })
  }
  // Short of memory, Node throws instead of calling back.
  return run().catch((error: unknown) => ({ ok: false, why: messageOf(error) }))
}

/** The properties of a unit, by name. */
export function readProperties(output: string): Readonly<Record<string, string | undefined>> {
  const lines = output.split('\n').map(line => line.split('='))
  return Object.fromEntries(lines.map(([name = '', ...value]) => [name, value.join('=')]))
}
