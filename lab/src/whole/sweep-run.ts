import { resourceWords, stackName } from '@rotator/protocol/names'
import { expect } from 'vitest'
import type { BareDevice } from './bare-device.ts'
import type { BareExecution } from './bare-rotation.ts'
import type { World } from './world.ts'

const functionName = `${stackName}${resourceWords.sweep}`
/** More than an end is left to its own event. */
const laterMs = 60_000

/** Runs one sweep as if a minute had gone by since whatever has happened, and waits for what follows from it. */
export async function sweepLater(world: World): Promise<void> {
  const { functions } = world.cloud.services
  const event = { startedAtMs: Date.now() + laterMs, cursor: { at: 'jobs' }, failures: 0 }
  const { functionError, payload } = await functions.invoke(functionName, Buffer.from(JSON.stringify(event)))
  if (functionError !== undefined) throw new Error(`The sweep failed: ${payload.toString()}`)
}

/** The device asks that NEW be settled on, as it does where it can no longer report SUCCEEDED. */
export async function confirm(device: BareDevice, execution: BareExecution): Promise<void> {
  const { certificateId } = device.identity
  const answer = await device.ask('commit', { ...execution, certificateId, turn: 0, confirmed: true })
  expect(answer).toMatchObject({ accepted: true, reply: { confirmed: true } })
}
