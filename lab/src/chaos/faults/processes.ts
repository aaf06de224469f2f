import { readProcessGroups, signalGroup } from '@rotator/local-core/lifecycle/process-group'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { coreControl } from '../../fleet/core-control.ts'
import { functionNames } from '../../whole/function-calls.ts'
import { type Fault, pause } from '../storm.ts'

/** SIGKILL to core and component at once, as a power cut. */
export const killCore: Fault = async ({ dice }, device) => device.cutPower(dice.between(200, 2_000))

/** SIGKILL to the component alone; Greengrass starts it again, up to twice in a row. */
export const killComponent: Fault = async (_chaos, device) => {
  const groups = readProcessGroups(rootLayout(device.root).processGroupsFile)
  return groups.filter(group => signalGroup(group, 'SIGKILL')).length > 0
}

/** SIGKILL to a function's process as it makes one of its next calls. */
export const killFunction: Fault = async ({ world, dice, over }) => {
  const functionName = dice.pick(Object.values(functionNames))
  const when = dice.pick(['before', 'after'] as const)
  const kill = world.cloud.killAtCall({ functionName, callNumber: dice.between(1, 8), when })
  const met = await Promise.race([kill.fired, pause(10_000, over)])
  kill.disarm()
  return met !== undefined
}

/** Greengrass restarts for a reason of its own. */
export const restartGreengrass: Fault = async (_chaos, device) => {
  try {
    await coreControl(device).restart()
    return true
  } catch {
    // The core was killed meanwhile.
    return false
  }
}
