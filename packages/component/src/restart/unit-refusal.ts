import { readProperties, systemctl } from './systemctl.ts'

const advice =
  'Run Greengrass as a system service of systemd, outside a container or with systemd in it, then create a new job.'

/**
 * Why a unit could not be restarted: Greengrass that was started by hand, or as the one program of a container, cannot
 * be restarted by a component, and a new identity would never be used.
 */
export async function unitRefusal(unit: string, command?: string): Promise<string | undefined> {
  const answer = await systemctl(['show', '--property=LoadState,ActiveState', unit], command)
  if (!answer.ok) {
    return `Greengrass cannot be restarted on this device: systemd does not answer (${answer.why}). ${advice}`
  }
  const { LoadState, ActiveState = '' } = readProperties(answer.output)
  if (LoadState !== 'loaded') {
    return `Greengrass cannot be restarted on this device: it has no system service ${unit}. ${advice}`
  }
  if (!['inactive', 'failed'].includes(ActiveState)) return undefined
  return `Greengrass cannot be restarted on this device: its system service ${unit} is ${ActiveState}, so it was started in another way. ${advice}`
}
