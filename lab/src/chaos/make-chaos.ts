import { join } from 'node:path'
import type { SnsMessage } from '@rotator/local-cloud/sns/message'
import { mayMount, mountSmallDisk, type SmallDisk } from '../faults/small-disk.ts'
import { startTcpProxy } from '../faults/tcp-proxy.ts'
import type { World } from '../whole/world.ts'
import { type ChaosDevice, powerDevice } from './chaos-device.ts'
import { dice } from './dice.ts'
import { chaosJobs } from './jobs.ts'
import { noteAttached } from './once-attached.ts'
import type { ChaosOptions } from './options.ts'
import type { Chaos } from './storm.ts'
import type { FaultKind, Tally } from './tally.ts'

export interface MadeChaos {
  chaos: Chaos
  /** What operators were told. */
  notices: readonly SnsMessage[]
  /** Kinds of faults that cannot be brought about on this machine. */
  skipped: ReadonlySet<FaultKind>
  /** How often a core ended by itself, and was started again. */
  ownEnds: () => number
  undo: () => void
}

const diskMegabytes = 24

export interface ChaosParts {
  world: World
  options: ChaosOptions
  tally: Tally
  log: (line: object) => void
  over: AbortSignal
}

/** Manufactures the devices, each behind its own stretch of network and on its own disk, and starts them. */
export async function makeChaos({ world, options, tally, log, over }: ChaosParts): Promise<MadeChaos> {
  const notices: SnsMessage[] = []
  let ownEnds = 0
  const undo = world.cloud.observe(event => {
    if (event.kind === 'notification') {
      notices.push(event.message)
      log({ event: 'told', message: event.message.message })
    }
    if (event.kind !== 'defect') return
    log({ event: 'defect', error: String(event.error) })
    tally.violation(`the local cloud itself failed: ${String(event.error)}`)
  })
  const onceAttached = noteAttached(world)
  const hasDisks = mayMount()
  if (!hasDisks) tally.skip('disk-full', 'no root')
  const devices: ChaosDevice[] = []
  for (let number = 1; number <= options.devices; number += 1) {
    const network = await startTcpProxy(world.cloud.endpoints.mqtt)
    const folder = `disk-${number}`
    const disk: SmallDisk | undefined = hasDisks
      ? mountSmallDisk(join(world.folder, folder), diskMegabytes)
      : undefined
    const device = await world.newDevice({ endpoint: network.endpoint, folders: [folder] })
    devices.push(
      powerDevice(device, network, disk, () => {
        ownEnds += 1
        log({ event: 'core-ended-by-itself', thingName: device.thingName })
      }),
    )
  }
  const jobs = await chaosJobs(world)
  return {
    chaos: { world, devices, jobs, onceAttached, dice: dice(options.seed), tally, log, over },
    notices,
    skipped: new Set(hasDisks ? [] : (['disk-full'] as const)),
    ownEnds: () => ownEnds,
    undo: () => {
      undo()
      onceAttached.stop()
    },
  }
}
