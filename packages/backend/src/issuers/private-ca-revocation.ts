import { X509Certificate } from 'node:crypto'
import * as v from 'valibot'
import { isNamed } from '../aws/failures.ts'
import type { PrivateCa } from './private-ca.ts'
import type { Revoke } from './revocation.ts'

/**
 * Revokes what one authority of AWS Private CA has issued, as superseded.
 *
 * Whether it has is told by its signature: names and serial numbers of authorities are not unique. The authority is
 * asked for its certificate each time, since it may get another one, though for the same key.
 */
export const privateCaRevocation =
  (pca: Pick<PrivateCa, 'ownCertificate' | 'revoke'>): Revoke =>
  async certificatePem => {
    const certificate = new X509Certificate(certificatePem)
    try {
      const authority = new X509Certificate(v.parse(v.string(), await pca.ownCertificate()))
      if (!certificate.verify(authority.publicKey)) return 'not-theirs'
      await pca.revoke(certificate.serialNumber, 'SUPERSEDED')
      return 'revoked'
    } catch (error) {
      if (isNamed(error, 'RequestAlreadyProcessedException')) return 'revoked'
      if (isNamed(error, 'ResourceNotFoundException')) return 'authority-gone'
      throw error
    }
  }
