import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { silentStage } from '@rotator/lab/start/stages'
import { manufactureFleet, rotateFleet, startFleet, waitUntilOnline } from '@rotator/lab/start/start'
import { buildArtifacts } from '@rotator/lab/world/artifacts'
import { makeFolder, openLab, removeFolder } from '@rotator/lab/world/lab'
import { defaultAlgorithms } from '@rotator/protocol/algorithms'
import { median } from '../median.ts'
import { componentPid } from './component-process.ts'
import { residentMegabytes } from './resident-memory.ts'

const samples = 5
const restMs = 60_000

/**
 * Resident memory of the idle component after a rotation and a minute of rest, beside plain Node, in one run.
 *
 * Five real components rotate at once, each under a core of its own; five plain Nodes rest beside them.
 */
export async function footprint(write: (text: string) => void): Promise<void> {
  const artifacts = await buildArtifacts()
  const lab = await openLab({ ...artifacts, folder: makeFolder(), onNotification: () => undefined })
  const options = {
    devices: samples,
    hsm: 0,
    tpm: 0,
    issuer: 'aws-iot' as const,
    algorithms: defaultAlgorithms,
    keep: false,
  }
  const fleet = await startFleet(lab, await manufactureFleet(lab, artifacts, options, []), silentStage)
  const plain = Array.from({ length: samples }, () =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']),
  )
  try {
    await waitUntilOnline(fleet)
    const { devices } = await rotateFleet(lab, fleet, silentStage, options)
    if (!devices.every(({ ok }) => ok))
      throw new Error(devices.flatMap(({ problems }) => problems).join('\n'))
    write(`${samples} components have rotated; they rest for ${restMs / 1000} s ...\n`)
    await sleep(restMs)
    const node = median(plain.map(({ pid = 0 }) => residentMegabytes(pid)))
    const component = median(fleet.actors.map(({ device }) => residentMegabytes(componentPid(device.root))))
    write(
      `plain node  ${node.toFixed(1)} MB   component  ${component.toFixed(1)} MB   apart  ${(component - node).toFixed(1)} MB (limit 10)\n`,
    )
  } finally {
    for (const child of plain) child.kill()
    await fleet.stop()
    await lab.stop()
    removeFolder(lab.folder)
  }
}
