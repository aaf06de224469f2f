import { type Fault, pause } from '../storm.ts'

/** Not a byte more fits on the device for a while. */
export const fillDisk: Fault = async ({ dice, over }, { disk }) => {
  if (disk === undefined) return false
  disk.fill()
  const isFull = disk.freeBytes < 4_096
  await pause(dice.between(2_000, 8_000), over)
  disk.free()
  return isFull
}

const hourMs = 3_600_000

/** The device's clock is wrong for a while, by hours or by years. */
export const jumpClock: Fault = async ({ world, dice, over }, device) => {
  const hours = dice.pick([-24 * 365 * 20, -24 * 30, -5, 5, 24 * 30])
  world.jumpClock(device, hours * hourMs)
  await pause(dice.between(2_000, 8_000), over)
  world.jumpClock(device, 0)
  // At the end of the storm it is taken back before anybody can have looked.
  return !over.aborted
}
