import { backendTemplate } from './artifacts.ts'
import { accountId, region } from './lab.ts'

/** The authority of every lab that has one: always the same, so that the backend for it is synthesized once. */
export const labAuthorityId = '00000000-0000-4000-8000-0000000000ca'
export const labAuthorityArn = `arn:aws:acm-pca:${region}:${accountId}:certificate-authority/${labAuthorityId}`

/**
 * Synthesizes the backend with that authority as its issuer, which also hears of every certificate that goes.
 *
 * @returns the template
 */
export async function privateCaTemplate(): Promise<string> {
  return backendTemplate('private-ca', { PcaCaId: labAuthorityId, PcaRevokeOnRetirement: 'true' })
}
