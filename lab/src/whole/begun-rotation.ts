import type { BareDevice, BareIdentity } from './bare-device.ts'
import { type BareExecution, begin, create, rotateBare } from './bare-rotation.ts'
import type { CloudTrials } from './cloud-test.ts'
import { type FunctionEvents, watchEvents } from './function-events.ts'

/** Where a fault meets a rotation. */
interface Begun {
  device: BareDevice
  old: BareIdentity
  execution: BareExecution
}

/** The device uses NEW, and has not committed it. */
export async function onTrial(cloud: CloudTrials): Promise<Begun> {
  const device = await cloud.newDevice()
  const old = device.identity
  const execution = await begin(cloud.world, device)
  await device.use(await create(device, execution))
  return { device, old, execution }
}

/** The rotation has succeeded, and its OLD is not retired before the events are released. */
export async function beforeRetirement(cloud: CloudTrials): Promise<Begun & { events: FunctionEvents }> {
  const device = await cloud.newDevice()
  const old = device.identity
  const events = watchEvents(cloud, device.thingName, word => word === 'retire')
  const execution = await rotateBare(cloud.world, device)
  await events.holdsOne()
  return { device, old, execution, events }
}
