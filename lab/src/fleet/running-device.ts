import { type CoreEvent, startCore } from '../world/core-process.ts'
import { followLog } from '../world/log-follower.ts'
import type { Program } from '../world/program.ts'
import type { Device } from './device.ts'

const darkForMs = 1_000

/** A device with its core and component running, and what can be seen and done from outside. */
export interface RunningDevice extends Device {
  /**
   * Kills core and component at once, and starts them again a second later.
   *
   * @param meanwhile what is done to the device while it is dark
   */
  cutPower(meanwhile?: () => void | Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** @param onPhase called with each phase that the component enters, as its log tells */
export function powerOn(
  device: Device,
  onPhase: (phase: string) => void,
  onCoreEvent: (event: CoreEvent) => void = () => undefined,
): RunningDevice {
  let core: Program = startCore(device, onCoreEvent)
  const log = followLog(device.componentLog, line => {
    if (typeof line['to'] === 'string' && line['to'] !== line['from']) onPhase(line['to'])
  })
  let stopping = false
  return {
    ...device,
    cutPower: async meanwhile => {
      await core.cut()
      await meanwhile?.()
      await new Promise(resolve => setTimeout(resolve, darkForMs))
      if (!stopping) core = startCore(device, onCoreEvent)
    },
    stop: async () => {
      stopping = true
      await core.stop()
      log.stop()
    },
  }
}
