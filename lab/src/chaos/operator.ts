import { coreControl } from '../fleet/core-control.ts'
import { type Chaos, pause } from './storm.ts'

/**
 * A sweep looks at one job a second and knows a thing's last eight ends, and is to find what no event tells: so there are
 * few jobs, and most are for several things.
 */
const jobEveryMs = 10_000
const shareForSeveral = 0.75
/** More than one job of a thing overlap. */
const mostOpenJobs = 2

/** Creates jobs over and over, for one thing or several, and restarts Greengrass where it gave the component up. */
export async function operate({ jobs, devices, dice, log, over }: Chaos): Promise<void> {
  const own = dice.split()
  while (!over.aborted) {
    await pause(jobEveryMs, over)
    for (const device of devices) {
      if (device.isBroken)
        await coreControl(device)
          .restart()
          .catch(() => undefined)
    }
    const free = devices.filter(({ thingName }) => jobs.open(thingName).length < mostOpenJobs)
    if (free.length === 0 || over.aborted) continue
    const first = own.pick(free)
    const isForSeveral = own.chance(shareForSeveral)
    const targets = isForSeveral ? free : [first]
    const jobId = await jobs.create(targets.map(({ thingName }) => thingName))
    log({ event: 'job-created', jobId, things: targets.length })
  }
}
