import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Device } from '../fleet/device.ts'
import { factoryIdentity } from '../fleet/identity.ts'
import { fingerprint } from '../operator/proof.ts'
import { connectFor, type Identity } from './device-client.ts'
import { workFolder } from './journal-file.ts'
import { startJob, updateAsOtherProgram } from './rotation.ts'
import type { World } from './world.ts'

/** A rotation that a version 1 component had begun before it was replaced. */
export interface BegunByVersionOne {
  jobId: string
  made: Identity & { certificateId: string }
  /** Commits it as version 1 does, over NEW. */
  commit: () => Promise<void>
}

/** Begins a rotation with version 1's messages, on a device that does not run. */
export async function beginAsVersionOne(world: World, device: Device): Promise<BegunByVersionOne> {
  const jobId = await startJob(world, device)
  await updateAsOtherProgram(world, device, jobId, 'IN_PROGRESS')
  const { csr, privateKeyPem } = await factoryIdentity('AWS IoT Certificate')
  const { certificatePem } = await askAs(world, device, device.old, 'create', { jobId, csr })
  const pem = String(certificatePem)
  const made = { certificatePem: pem, privateKeyPem, certificateId: fingerprint(pem) }
  return {
    jobId,
    made,
    commit: async () => void (await askAs(world, device, made, 'commit', { jobId })),
  }
}

async function askAs(
  world: World,
  device: Device,
  identity: Identity,
  kind: 'create' | 'commit',
  request: object,
): Promise<Record<string, unknown>> {
  const client = await connectFor(world, device, identity, device.thingName)
  const { accepted, reply } = await client.ask(kind, request)
  await client.end()
  if (!accepted) throw new Error(`version 1's ${kind} was rejected: ${JSON.stringify(reply)}`)
  return reply
}

/** Leaves the two copies of OLD that a version 1 component makes, and the configured files as far as it got. */
export function leaveFiles(device: Device, configured: Partial<Identity>): void {
  mkdirSync(workFolder(device), { recursive: true })
  const mode = 0o600
  writeFileSync(join(workFolder(device), 'certificate.bak'), device.old.certificatePem, { mode })
  writeFileSync(join(workFolder(device), 'private_key.bak'), device.old.privateKeyPem, { mode })
  // Over the bytes of what is there, as it does.
  if (configured.certificatePem) writeFileSync(device.certificateFile, configured.certificatePem)
  if (configured.privateKeyPem) writeFileSync(device.privateKeyFile, configured.privateKeyPem)
}
