import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { powerOn, type RunningDevice } from '../fleet/running-device.ts'
import { createRotationJob, describeExecution, type ExecutionReport } from '../operator/jobs.ts'
import { prove } from '../operator/proof.ts'
import type { World } from './world.ts'

/** A device that runs in the world, and the phases that it has gone through. */
export interface Trialled extends RunningDevice {
  phases: string[]
}

export function run(device: Device): Trialled {
  const phases: string[] = []
  return { ...powerOn(device, phase => phases.push(phase)), phases }
}

const thingArn = (world: World, device: Device) => world.cloud.services.registry.thingArn(device.thingName)

export const startJob = (world: World, device: Device): Promise<string> =>
  createRotationJob(world.clients.iot, thingArn(world, device))

/** Waits until a condition holds. The error tells what was waited for, and what there was instead. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${withinMs} ms: ${JSON.stringify(value)}`)
    await sleep(50)
  }
}

const isOver = ({ status }: ExecutionReport): boolean => !['none', 'QUEUED', 'IN_PROGRESS'].includes(status)

export const execution = (world: World, device: Device, jobId: string): Promise<ExecutionReport> =>
  describeExecution(world.clients.iot, jobId, device.thingName)

export const ended = (world: World, device: Device, jobId: string): Promise<ExecutionReport> =>
  until(`the end of ${jobId}`, () => execution(world, device, jobId), isOver)

/** The whole promise: SUCCEEDED, NEW in use and alone attached, OLD refused and gone. */
export async function expectRotated(world: World, device: Device, jobId: string): Promise<void> {
  expect(await ended(world, device, jobId)).toMatchObject({ status: 'SUCCEEDED' })
  const proof = await until(
    'a proven rotation',
    () => prove(world, device),
    ({ problems }) => problems.length === 0,
  )
  expect(proof.problems).toEqual([])
}
