import { join } from 'node:path'
import { synth } from '@rotator/infra/synth'
import { backendContext } from './artifacts.ts'
import { accountId, region } from './lab.ts'
import { repositoryRoot } from './repository-root.ts'

/** The authority of every lab that has one: always the same, so that the backend for it is synthesized once. */
export const labAuthorityId = '00000000-0000-4000-8000-0000000000ca'
export const labAuthorityArn = `arn:aws:acm-pca:${region}:${accountId}:certificate-authority/${labAuthorityId}`

/**
 * Synthesizes the backend with that authority as its issuer, which also hears of every certificate that goes.
 *
 * @returns the template
 */
export async function privateCaTemplate(): Promise<string> {
  const context = { ...backendContext, PcaCaId: labAuthorityId, PcaRevokeOnRetirement: 'true' }
  return (await synth({ outDir: join(repositoryRoot, 'cdk.out-private-ca'), context })).templatePath
}
