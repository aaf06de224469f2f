import type { Device } from '../fleet/device.ts'
import { attachPolicy, createPolicy, detachPolicy, setCertificateStatus } from '../operator/registry.ts'
import { passing, type Trials } from './trial-test.ts'
import type { World } from './world.ts'

/** What the cloud answers to a device's request for a certificate. */
export interface CreateAnswer extends Record<string, unknown> {
  certificateId: string
  certificatePem: string
}

/**
 * Does something between the moment when the cloud has made NEW and that when the device hears of it; counts as fired.
 *
 * @param meanwhile gives the answer that the device gets in place of the real one, where it gives any
 * @returns the id that the cloud gave NEW
 */
export async function whenNewIsMade(
  trials: Trials,
  device: Device,
  meanwhile: (answer: CreateAnswer) => Promise<CreateAnswer | undefined | void>,
): Promise<string> {
  const made = Promise.withResolvers<string>()
  trials.meet(passing(device, 'out', '/certificate/create/accepted'), ({ topic, payload }, deliver) => {
    const answer = JSON.parse(payload.toString()) as CreateAnswer
    meanwhile(answer)
      .then(other => (other ? trials.tell(topic, other) : deliver()))
      .then(() => made.resolve(answer.certificateId), made.reject)
  })
  return made.promise
}

/** What somebody does to one certificate of a device that makes AWS IoT refuse it, and how it is undone. */
export interface Refusal {
  refuse(world: World, certificateId: string): Promise<void>
  accept(world: World, certificateId: string): Promise<void>
}

export const arnOf = ({ cloud }: World, certificateId: string): string =>
  cloud.services.registry.certificates.arnOf(certificateId)

export const deactivation: Refusal = {
  refuse: async ({ clients }, id) => setCertificateStatus(clients.iot, id, 'INACTIVE'),
  accept: async ({ clients }, id) => setCertificateStatus(clients.iot, id, 'ACTIVE'),
}

/**
 * A policy denies some action to one certificate, which stays ACTIVE. Taking away what allows it would not last: the
 * backend attaches the policies of OLD again whenever the device asks again.
 */
export const denial = (action: string): Refusal => ({
  refuse: async (world, id) => {
    const denied = { Effect: 'Deny', Action: action, Resource: '*' }
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [denied] })
    await createPolicy(world.clients.iot, denialOf(id), document)
    await attachPolicy(world.clients.iot, denialOf(id), arnOf(world, id))
  },
  accept: async (world, id) => detachPolicy(world.clients.iot, denialOf(id), arnOf(world, id)),
})

const denialOf = (certificateId: string): string => `Deny-${certificateId.slice(0, 16)}`

/** The probe's client id is denied to OLD, and to NEW with all of OLD's policies: a probe can tell nothing. */
export async function denyProbes(world: World, { thingName, old }: Device): Promise<void> {
  const policyName = `NoProbes-${thingName}`
  const Resource = `arn:aws:iot:*:*:client/${thingName}#certificate-probe`
  const denied = { Effect: 'Deny', Action: 'iot:Connect', Resource }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [denied] })
  await createPolicy(world.clients.iot, policyName, document)
  await attachPolicy(world.clients.iot, policyName, old.certificateArn)
}
