import { X509Certificate } from 'node:crypto'
import * as v from 'valibot'
import { describeError, failureKind, isNamed } from '../aws/failures.ts'
import type { PrivateCa } from './private-ca.ts'
import type { BeginRevoking, Revocation } from './revocation.ts'

type Authority = Pick<PrivateCa, 'ownCertificate' | 'describe' | 'revoke'>

/** States that an authority does not come back from with what it has issued; a deleted one is not waited for. */
const lastStates = ['EXPIRED', 'DELETED']

/**
 * Revokes what one authority of AWS Private CA has issued, as superseded.
 *
 * Whether it has is told by its name and its signature: names of authorities are not unique. The authority is asked
 * for its certificate with every batch, since it may get another one, though for the same key.
 */
export const privateCaRevocation =
  (pca: Authority, authorityArn: string): BeginRevoking =>
  () => {
    let asked: Promise<X509Certificate> | undefined
    const readAuthority = async (): Promise<X509Certificate> => {
      asked ??= readOwnCertificate(pca)
      try {
        return await asked
      } catch (error) {
        asked = undefined
        throw error
      }
    }
    return async certificatePem => {
      const certificate = new X509Certificate(certificatePem)
      const serial = serialOf(certificate)
      try {
        const authority = await readAuthority()
        if (certificate.issuer !== authority.subject || !certificate.verify(authority.publicKey)) {
          const issuer = certificate.issuer.replaceAll('\n', ', ')
          return { kind: 'not-theirs', problem: `${serial} was issued by ${issuer}` }
        }
        await pca.revoke(serial, 'SUPERSEDED')
        return { kind: 'revoked' }
      } catch (error) {
        return explain(pca, error, `certificate ${serial} of ${authorityArn}`)
      }
    }
  }

async function readOwnCertificate(pca: Authority): Promise<X509Certificate> {
  return new X509Certificate(v.parse(v.string(), await pca.ownCertificate()))
}

/** As AWS writes it, and takes it: pairs of digits in lower case with colons between them. */
const serialOf = ({ serialNumber }: X509Certificate): string =>
  serialNumber.toLowerCase().replaceAll(/..(?!$)/gu, '$&:')

/** @throws what may work later, or once somebody has done something about it */
async function explain(pca: Authority, error: unknown, what: string): Promise<Revocation> {
  if (isNamed(error, 'RequestAlreadyProcessedException')) return { kind: 'revoked' }
  const state = failureKind(error) === 'again' ? undefined : await stateOf(pca)
  if (state !== undefined && lastStates.includes(state)) {
    return { kind: 'impossible', problem: `${what}: the authority is ${state}` }
  }
  throw new Error(`${what} cannot be revoked: ${describeError(error)}`, { cause: error })
}

const stateSchema = v.object({ Status: v.string() })

/** @returns undefined where it cannot be told; what is gone for good counts as deleted */
async function stateOf(pca: Authority): Promise<string | undefined> {
  try {
    return v.parse(stateSchema, await pca.describe()).Status
  } catch (error) {
    return isNamed(error, 'ResourceNotFoundException') ? 'DELETED' : undefined
  }
}
