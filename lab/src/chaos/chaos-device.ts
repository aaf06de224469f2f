import type { SmallDisk } from '../faults/small-disk.ts'
import type { TcpProxy } from '../faults/tcp-proxy.ts'
import type { Device } from '../fleet/device.ts'
import { type CoreEvent, startCore } from '../world/core-process.ts'
import { followLog } from '../world/log-follower.ts'
import type { Program } from '../world/program.ts'

/** A device that is tormented: its core is started again however it ends, as a service manager does. */
export interface ChaosDevice extends Device {
  readonly network: TcpProxy
  /** What its root lies on, where it can be filled up. */
  readonly disk: SmallDisk | undefined
  /** What the component journaled last. */
  readonly phase: string
  /** The component is given up by Greengrass, which happens after three ends in a row. */
  readonly isBroken: boolean
  /** Its new certificate is deactivated by a fault at the moment. */
  isDeactivated: boolean
  /** Kills core and component; it stays dark for so long. @returns false where it is dark already */
  cutPower(darkMs: number): Promise<boolean>
  stop(): Promise<void>
}

const startAgainMs = 500

export function powerDevice(
  device: Device,
  network: TcpProxy,
  disk: SmallDisk | undefined,
  onOwnEnd: () => void,
): ChaosDevice {
  let phase = 'idle'
  let isBroken = false
  let isStopping = false
  let isDark = false
  let core: Program
  const onEvent = (event: CoreEvent) => {
    if (event.event === 'component-state') isBroken = event['state'] === 'BROKEN'
  }
  const log = followLog(device.componentLog, line => {
    if (typeof line['to'] === 'string') phase = line['to']
  })
  const start = () => {
    if (isStopping || isDark) return
    isBroken = false
    const program = startCore(device, onEvent)
    core = program
    void startAgainAfter(program)
  }
  const startAgainAfter = async (program: Program) => {
    await program.ended
    if (isDark || isStopping) return
    onOwnEnd()
    setTimeout(start, startAgainMs)
  }
  start()
  return {
    ...device,
    network,
    disk,
    isDeactivated: false,
    get phase() {
      return phase
    },
    get isBroken() {
      return isBroken
    },
    cutPower: async darkMs => {
      if (isDark) return false
      isDark = true
      await core.cut()
      await new Promise(resolve => setTimeout(resolve, darkMs))
      isDark = false
      start()
      return true
    },
    stop: async () => {
      isStopping = true
      await core.stop()
      log.stop()
    },
  }
}
