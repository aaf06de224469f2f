import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { factoryIdentity } from '../fleet/identity.ts'
import { attachPolicy, createPolicy, issueCertificate } from '../operator/registry.ts'
import type { World } from '../whole/world.ts'
import { accountId, region } from '../world/lab.ts'

/** The files that a foreign client connects with. */
export interface IdentityFiles {
  certificateFile: string
  privateKeyFile: string
}

export interface ClientIdentity extends IdentityFiles {
  certificateId: string
  certificateArn: string
}

const arn = (resource: string) => `arn:aws:iot:${region}:${accountId}:${resource}`

/** Any client id, and the topics given: topics of AWS IoT itself must be named to be allowed. */
export function messagingPolicy(topics: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/*') },
      { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: arn(`topic/${topics}`) },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn(`topicfilter/${topics}`) },
    ],
  })
}

/** Registers a client of the endpoint that belongs to no thing, and writes its certificate and key to files. */
export async function newClientIdentity(world: World, name: string, topics: string): Promise<ClientIdentity> {
  const { iot } = world.clients
  const { csr, privateKeyPem } = await factoryIdentity(name)
  const certificate = await issueCertificate(iot, csr)
  await createPolicy(iot, name, messagingPolicy(topics))
  await attachPolicy(iot, name, certificate.certificateArn)
  return { ...certificate, ...writeIdentity(join(world.folder, name), { ...certificate, privateKeyPem }) }
}

export function writeIdentity(
  folder: string,
  identity: { certificatePem: string; privateKeyPem: string },
): IdentityFiles {
  mkdirSync(folder, { recursive: true })
  const files = {
    certificateFile: join(folder, 'certificate.pem'),
    privateKeyFile: join(folder, 'private-key.pem'),
  }
  writeFileSync(files.certificateFile, identity.certificatePem)
  writeFileSync(files.privateKeyFile, identity.privateKeyPem, { mode: 0o600 })
  return files
}
