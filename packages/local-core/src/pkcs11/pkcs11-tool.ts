import { spawnSync } from 'node:child_process'
import type { Pkcs11Provider } from './pkcs11-provider.ts'

/** Runs OpenSC's program for tokens, and gives its output; throws with what it wrote. */
export type Pkcs11Tool = (provider: Pkcs11Provider, args: readonly string[]) => Buffer

const program = '/usr/bin/pkcs11-tool'
const withinMs = 30_000
const pinVariable = 'LOCAL_CORE_TOKEN_PIN'

/** A process of its own for each look: a PKCS#11 library is used once in a process, and sees the token as it is then. */
export const pkcs11Tool: Pkcs11Tool = ({ library, slot, userPin }, args) => {
  const reach = ['--module', library, '--slot', String(slot), '--login', '--pin', `env:${pinVariable}`]
  const { status, stdout, stderr, error } = spawnSync(program, [...reach, ...args], {
    env: { ...process.env, [pinVariable]: userPin },
    timeout: withinMs,
  })
  if (error !== undefined) {
    throw new Error(
      `AWS_ERROR_PKCS11_LIBRARY: ${program} cannot be run (Debian package opensc): ${error.message}`,
      { cause: error },
    )
  }
  if (status !== 0) throw new Error(`AWS_ERROR_PKCS11_LIBRARY: ${String(stderr).trim()}`)
  return stdout
}
