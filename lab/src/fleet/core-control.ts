import { setTimeout as sleep } from 'node:timers/promises'
import { requestControl } from '@rotator/local-core/control/control-client'
import type { ChangeRequest } from '@rotator/local-core/control/control-request'
import type { DeploymentResult } from '@rotator/local-core/deployments/deployment'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import type { RestartFault } from '@rotator/local-core/supervisor/restart-faults'
import type { Device } from './device.ts'

/** What can be done to a core that runs, from outside: what its operator does, and what goes wrong with it. */
export interface CoreControl {
  /** Restarts Greengrass, as `systemctl restart` by hand does. */
  restart(): Promise<void>
  /** @param change its `reset`: JSON pointers of what goes from the configuration before the merge */
  deploy(
    change: Pick<ChangeRequest, 'component' | 'merge'> & Partial<Pick<ChangeRequest, 'reset'>>,
  ): Promise<DeploymentResult>
  /** Lets restarts that the component asks for go wrong from now on; null: no more. */
  restartFault(fault: RestartFault | null): Promise<void>
  restartFaultsFired(): Promise<number>
  /** How often Greengrass was restarted since the core's start. */
  restarts(): Promise<number>
}

/** Each request waits for the core to be up. */
export function coreControl(device: Device): CoreControl {
  const request = async (command: object) => askPatiently(rootLayout(device.root).controlSocket, command)
  const status = async () =>
    (await request({ command: 'status' })) as { restartFaultsFired: number; restarts: number }
  return {
    restart: async () => void (await request({ command: 'restart' })),
    deploy: async change =>
      (await request({ command: 'deploy', changes: [{ reset: [], ...change }] })) as DeploymentResult,
    restartFault: async fault => void (await request({ command: 'restart-fault', fault })),
    restartFaultsFired: async () => (await status()).restartFaultsFired,
    restarts: async () => (await status()).restarts,
  }
}

const patienceMs = 20_000
const againMs = 50

async function askPatiently(controlSocket: string, command: object): Promise<unknown> {
  for (const giveUpAt = Date.now() + patienceMs; ; await sleep(againMs)) {
    try {
      return await requestControl(controlSocket, command)
    } catch (error) {
      if (!isNotUp(error) || Date.now() > giveUpAt) throw error
    }
  }
}

const isNotUp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ECONNREFUSED'].includes(String(error.code))
