import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { componentName } from '@rotator/protocol/names'
import type { Device } from '../fleet/device.ts'

/** The component's own folder on a device, where its journal lies. */
export const workFolder = (device: Device): string => rootLayout(device.root).workFolder(componentName)

export const journalFile = (device: Device): string => join(workFolder(device), 'journal.json')

/** The phase that the device would resume in. */
export function journaledPhase(device: Device): string {
  const { state } = JSON.parse(readFileSync(journalFile(device), 'utf8')) as { state: { phase: string } }
  return state.phase
}
