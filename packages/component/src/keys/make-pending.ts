import { join } from 'node:path'
import type { Algorithms } from '@rotator/protocol/algorithms'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import type { FileSystem, Ownership } from '../identities/files/file-system.ts'
import { fileNames } from '../identities/files/layout.ts'
import { generateKey, signWith } from './generate-key.ts'
import { readCertificate } from './identity-facts.ts'

export interface MakePendingRequest {
  algorithms: Algorithms
  /** The certificate that is in use: the request copies its subject. */
  currentCertificatePath: string
  /** An empty folder that only its owner may enter. */
  folder: string
  uid: number
  gid: number
}

export type MakePendingOutcome = { ok: true; csr: string } | { ok: false; problem: string }

/**
 * Makes a key and its certificate signing request as files in `folder`, on durable storage.
 *
 * The key leaves the process that this runs in by its file alone.
 */
export async function makePending(fs: FileSystem, request: MakePendingRequest): Promise<MakePendingOutcome> {
  const { algorithms, currentCertificatePath, folder, uid, gid } = request
  const current = readCertificate(fs.read(currentCertificatePath).toString())
  if (current === undefined) {
    return {
      ok: false,
      problem: `The file ${currentCertificatePath} holds no certificate whose subject to copy.`,
    }
  }
  const { privateKey, publicKey, pem } = await generateKey(algorithms.keyAlgorithm)
  const csr = csrPem(
    await makeCsr({
      subject: current.subject,
      publicKey,
      signingAlgorithm: algorithms.signingAlgorithm,
      sign: bytes => signWith(algorithms.signingAlgorithm, privateKey, bytes),
    }),
  )
  const onlyOwner: Ownership = { mode: 0o600, uid, gid }
  for (const [name, text] of [
    [fileNames.privateKey, pem],
    [fileNames.request, csr],
  ] as const) {
    fs.create(join(folder, name), Buffer.from(text), onlyOwner)
    fs.sync(join(folder, name))
  }
  fs.sync(folder)
  return { ok: true, csr }
}
