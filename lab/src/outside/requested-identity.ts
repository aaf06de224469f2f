import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileNames } from '@rotator/component/identities/files/layout'
import { nodeFileSystem } from '@rotator/component/identities/files/node-file-system'
import { processOwner } from '@rotator/component/identities/files/process-owner'
import { makePending } from '@rotator/component/keys/make-pending'
import type { Algorithms } from '@rotator/protocol/algorithms'
import { attachPolicy, createPolicy, issueCertificate } from '../operator/registry.ts'
import type { World } from '../whole/world.ts'
import { type IdentityFiles, messagingPolicy } from './client-identity.ts'
import { flags } from './foreign-run.ts'
import { openssl, subjectOf } from './openssl-command.ts'

/** A key and request of the component's own making, and the certificate that the local cloud issued for them. */
export interface RequestedIdentity extends IdentityFiles {
  requestFile: string
  certificateId: string
  /** Of the certificate before it, as openssl writes it. */
  subject: string
}

const subject = '/C=DE/O=Straßenbau GmbH/OU=Fleet/CN=core 17'

/** Makes each pair's identity once, when it is first asked for. */
export async function requestIdentities(
  world: World,
): Promise<(algorithms: Algorithms) => Promise<RequestedIdentity>> {
  const folder = join(world.folder, 'requested')
  mkdirSync(folder)
  const present = join(folder, 'present.pem')
  const key = join(folder, 'present.key')
  const curve = { '-newkey': 'ec', '-pkeyopt': 'ec_paramgen_curve:P-256' }
  const files = { '-keyout': key, '-out': present }
  await openssl('req', '-x509', '-noenc', '-utf8', ...flags({ ...curve, ...files, '-subj': subject }))
  const policyName = 'openssl'
  await createPolicy(world.clients.iot, policyName, messagingPolicy('outside/*'))
  const presentSubject = await subjectOf('x509', present)
  const make = async (algorithms: Algorithms): Promise<RequestedIdentity> => {
    const of = join(folder, Object.values(algorithms).join('+'))
    mkdirSync(of, { mode: 0o700 })
    const request = { algorithms, currentCertificatePath: present, folder: of, ...processOwner }
    const pending = await makePending(nodeFileSystem, request)
    if (!pending.ok) throw new Error(pending.problem)
    const certificate = await issueCertificate(world.clients.iot, pending.csr)
    await attachPolicy(world.clients.iot, policyName, certificate.certificateArn)
    const certificateFile = join(of, fileNames.certificate)
    writeFileSync(certificateFile, certificate.certificatePem)
    return {
      certificateFile,
      privateKeyFile: join(of, fileNames.privateKey),
      requestFile: join(of, fileNames.request),
      certificateId: certificate.certificateId,
      subject: presentSubject,
    }
  }
  const made = new Map<string, Promise<RequestedIdentity>>()
  return algorithms => {
    const key = JSON.stringify(algorithms)
    const identity = made.get(key) ?? make(algorithms)
    made.set(key, identity)
    return identity
  }
}
