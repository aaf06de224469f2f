import type { CertificateId } from '@rotator/protocol/ids'
import { type FileSystem, fileErrorCode } from '../identities/files/file-system.ts'
import { belongTogether, readCertificate } from './identity-facts.ts'
import { readPrivateKey } from './private-key.ts'

export interface IdentityPaths {
  certificatePath: string
  keyPath: string
}

export type Inspection =
  | { ok: true; certificateId: CertificateId; notBefore: number; notAfter: number }
  /** `isUnknown`: the files could not be read this time, which says nothing of what they hold. */
  | { ok: false; problem: string; isUnknown?: true }

/** Judges the files that the nucleus connects with. A problem is a sentence for the operator. */
export function inspectIdentity(fs: Pick<FileSystem, 'read' | 'resolve'>, paths: IdentityPaths): Inspection {
  const certificateText = readText(fs, paths.certificatePath, 'certificate')
  if (!certificateText.ok) return certificateText
  const keyText = readText(fs, paths.keyPath, 'private key')
  if (!keyText.ok) return keyText
  if (fs.resolve(paths.certificatePath) === fs.resolve(paths.keyPath)) {
    return problem(
      `The certificate and its private key are in one file, ${paths.certificatePath}. They are replaced separately: put each in a file of its own and set certificateFilePath and privateKeyPath to them.`,
    )
  }
  const certificate = readCertificate(certificateText.text)
  if (certificate === undefined) {
    return problem(
      `The file ${paths.certificatePath} holds no certificate in PEM that can be read. Put the device certificate there, in PEM.`,
    )
  }
  const reading = readPrivateKey(keyText.text)
  if (!reading.ok) return problem(`The file ${paths.keyPath} ${reading.problem}.`)
  if (!belongTogether(certificate, reading.key)) {
    return problem(
      `The private key ${paths.keyPath} does not belong to the certificate ${paths.certificatePath} (${certificate.certificateId}). Set certificateFilePath and privateKeyPath to a certificate and its own key.`,
    )
  }
  const { certificateId, notBefore, notAfter } = certificate
  return { ok: true, certificateId, notBefore, notAfter }
}

const problem = (sentence: string): { ok: false; problem: string } => ({ ok: false, problem: sentence })

/** Why there is nothing to be read, now or later. Whatever else keeps a file from being read may pass. */
const lastingReasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a folder on the way to it is a file',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
}

const passingReasons: Readonly<Record<string, string>> = { EACCES: 'this component may not read it' }

function readText(
  fs: Pick<FileSystem, 'read'>,
  path: string,
  what: string,
): { ok: true; text: string } | Extract<Inspection, { ok: false }> {
  try {
    return { ok: true, text: fs.read(path).toString() }
  } catch (error) {
    const code = fileErrorCode(error)
    if (code === 'UNKNOWN') throw error
    const reason = lastingReasons[code]
    const told = problem(
      `The ${what} ${path} of the nucleus configuration cannot be read: ${reason ?? passingReasons[code] ?? code}. Put it in place, or correct the path in the nucleus configuration.`,
    )
    return reason === undefined ? { ...told, isUnknown: true } : told
  }
}
