import { randomBytes, randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Daemon, startDaemon } from './daemon.ts'
import { initializeToken, pkcs11Tool } from './pkcs11-tool.ts'
import type { Token } from './token.ts'
import { tpmFiles } from './token-programs.ts'

const tokenLabel = 'greengrass'
/** As swtpm has them by custom: a library that speaks to it takes the control port to be the next one. */
const ports = { server: 2321, control: 2322 }
const upWithinMs = 10_000
const lookEveryMs = 50

/**
 * Makes a TPM 2.0 in software with a PKCS#11 token in it; all that it keeps is in that folder.
 *
 * Behind a resource manager on a bus of its own: a TPM has room for three keys at a time, and without somebody who
 * swaps them a second key pair of one process is refused.
 */
export async function makeTpm(folder: string): Promise<Token> {
  const places = { state: join(folder, 'state'), store: join(folder, 'store') }
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true })
  const daemons: Daemon[] = []
  const close = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop()
  }
  try {
    const host = startTpm(places.state, daemons)
    const bus = await startBus(folder, daemons)
    startResourceManager(host, bus, daemons)
    const environment = {
      ...bus,
      TPM2_PKCS11_STORE: places.store,
      TPM2_PKCS11_TCTI: 'tabrmd:bus_type=session',
      TPM2_PKCS11_LOG_LEVEL: '0',
      // The libraries below it write warnings of their own, which say nothing that an answer does not.
      TSS2_LOG: 'all+none',
    }
    const library = tpmFiles.library.path
    await untilUp(() => pkcs11Tool({ library, environment }, ['--list-slots']))
    const userPin = randomBytes(9).toString('base64url')
    const soPin = randomBytes(9).toString('base64url')
    const slot = initializeToken({ library, environment }, tokenLabel, { userPin, soPin })
    return { kind: 'TPM 2.0', library, slot, userPin, environment, contents: places.store, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @returns its address, which is its own: on Linux all of 127.0.0.0/8 is this machine, so no two share ports */
function startTpm(state: string, daemons: Daemon[]): string {
  const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
  const channel = (port: number) => `type=tcp,bindaddr=${host},port=${port}`
  const channels = ['--server', channel(ports.server), '--ctrl', channel(ports.control)]
  const args = ['--tpm2', '--tpmstate', `dir=${state}`, '--flags', 'not-need-init,startup-clear']
  daemons.push(startDaemon(tpmFiles.swtpm.path, ['socket', ...args, ...channels], {}))
  return host
}

async function startBus(folder: string, daemons: Daemon[]): Promise<{ DBUS_SESSION_BUS_ADDRESS: string }> {
  const address = `unix:path=${join(folder, 'bus')}`
  const bus = startDaemon(
    tpmFiles.bus.path,
    ['--session', '--nofork', '--nopidfile', '--print-address', `--address=${address}`],
    {},
  )
  daemons.push(bus)
  await bus.wrote('unix:')
  return { DBUS_SESSION_BUS_ADDRESS: address }
}

function startResourceManager(host: string, bus: Readonly<Record<string, string>>, daemons: Daemon[]): void {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : []
  const to = `--tcti=swtpm:host=${host},port=${ports.server}`
  daemons.push(startDaemon(tpmFiles.resourceManager.path, ['--session', to, ...asRoot], bus))
}

/** The resource manager tells nobody when it is on the bus, so somebody asks through it. */
async function untilUp(ask: () => unknown): Promise<void> {
  for (const giveUpAt = Date.now() + upWithinMs; ; await sleep(lookEveryMs)) {
    try {
      ask()
      return
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
    }
  }
}
