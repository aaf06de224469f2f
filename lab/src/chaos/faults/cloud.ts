import { UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { callerOf, internalFailure, throttled } from '../../whole/function-calls.ts'
import type { ChaosDevice } from '../chaos-device.ts'
import { readRecord } from '../record.ts'
import { type Chaos, type Fault, pause } from '../storm.ts'

/** For a while some of the functions' calls fail or are throttled, with and without effect. */
export const failCalls: Fault = async ({ world, dice, over }) => {
  let failed = 0
  const stop = world.cloud.api.interfere(call => {
    if (callerOf(world, call) === undefined || !dice.chance(0.3)) return undefined
    failed += 1
    const when = dice.pick(['before', 'after'] as const)
    return { when, answer: when === 'after' ? 'drop' : dice.pick([internalFailure, throttled]) }
  })
  await pause(dice.between(2_000, 6_000), over)
  stop()
  return failed > 0
}

const longestMs = 20_000
const lookEveryMs = 250

/**
 * Somebody deactivates a new certificate that is on trial.
 *
 * It is activated again where the record keeps it all the same: that a certificate is killed after its rotation
 * succeeded is no fault that a rotation can survive.
 */
export const deactivateCertificate: Fault = async (chaos, device) => {
  const record = readRecord(chaos.world, device.thingName)
  const certificateId = record.newCertificateId
  if (record.progress !== 'created' || certificateId === undefined || device.isDeactivated) return false
  device.isDeactivated = true
  const isMet = await setStatus(chaos, certificateId, 'INACTIVE')
  const isKeptAnyway = await waitForDecision(chaos, device, certificateId)
  if (isKeptAnyway) await setStatus(chaos, certificateId, 'ACTIVE')
  device.isDeactivated = false
  return isMet
}

/** @returns whether the certificate must work again: it is kept, or nobody has decided and time is up */
async function waitForDecision(chaos: Chaos, device: ChaosDevice, certificateId: string): Promise<boolean> {
  const isPatient = chaos.dice.chance(0.6)
  const forMs = isPatient ? longestMs : chaos.dice.between(500, 4_000)
  for (let waitedMs = 0; waitedMs < forMs && !chaos.over.aborted; waitedMs += lookEveryMs) {
    const { progress, newCertificateId, keep } = readRecord(chaos.world, device.thingName)
    if (newCertificateId !== certificateId) return keep === certificateId
    if (progress === 'settled') return keep === certificateId
    if (progress === 'committed' || progress === 'held') return true
    await pause(lookEveryMs, chaos.over)
  }
  return true
}

async function setStatus(
  { world }: Chaos,
  certificateId: string,
  newStatus: 'ACTIVE' | 'INACTIVE',
): Promise<boolean> {
  try {
    await world.clients.iot.send(new UpdateCertificateCommand({ certificateId, newStatus }))
    return true
  } catch (error) {
    // The backend deleted it meanwhile.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false
    throw error
  }
}
