import { spawnSync } from 'node:child_process'
import type { Token } from './token.ts'
import { tool } from './token-programs.ts'

type Reached = Pick<Token, 'library' | 'environment'>

const pinVariable = 'TOKEN_PIN'
const soPinVariable = 'TOKEN_SO_PIN'

/** The library of TPMs answers so while another process uses its store, and does not wait for it. */
const busyTries = 20
const busyWaitMs = 50

interface Pins {
  userPin?: string
  soPin?: string
}

/** OpenSC's program for tokens; it knows nothing of ours. PINs go to it in its environment. @returns its output */
export function pkcs11Tool(
  { library, environment }: Reached,
  args: readonly string[],
  { userPin = '', soPin = '' }: Pins = {},
): Buffer {
  const env = {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    ...environment,
    [pinVariable]: userPin,
    [soPinVariable]: soPin,
  }
  for (let triesLeft = busyTries; ; triesLeft -= 1) {
    const { status, stdout, stderr } = spawnSync(tool.path, ['--module', library, ...args], { env })
    if (status === 0) return stdout
    const said = stderr.toString()
    if (triesLeft === 0 || !said.includes('CKR_GENERAL_ERROR')) {
      throw new Error(`${tool.path} ${args.join(' ')} ended with ${status}: ${said}`)
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyWaitMs)
  }
}

const withPin = ['--pin', `env:${pinVariable}`]
const withSoPin = ['--so-pin', `env:${soPinVariable}`]

/** As the user of a token, logged in. */
export const pkcs11ToolIn = (token: Token, args: readonly string[]): Buffer =>
  pkcs11Tool(token, ['--slot', String(token.slot), '--login', ...withPin, ...args], {
    userPin: token.userPin,
  })

/**
 * Makes the first slot a token with that label and PINs.
 *
 * @returns its slot id, which some libraries choose at this moment
 */
export function initializeToken(token: Reached, label: string, pins: Required<Pins>): number {
  pkcs11Tool(token, ['--slot-index', '0', '--init-token', '--label', label, ...withSoPin], pins)
  const slot = slotOf(token, label)
  const asOfficer = ['--login', '--login-type', 'so', ...withSoPin]
  pkcs11Tool(
    token,
    ['--slot', String(slot), ...asOfficer, '--init-pin', '--new-pin', `env:${pinVariable}`, ...withPin],
    pins,
  )
  return slot
}

function slotOf(token: Reached, label: string): number {
  const listed = pkcs11Tool(token, ['--list-token-slots']).toString()
  // A line for the slot, then one for its token.
  const slot = new RegExp(`\\((0x[0-9a-f]+)\\)[^\\n]*\\n\\s+token label\\s*: ${label}\\s`, 'u').exec(
    listed,
  )?.[1]
  if (slot === undefined) throw new Error(`There is no token ${label} in\n${listed}`)
  return Number(slot)
}
