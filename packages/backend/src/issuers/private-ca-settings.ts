import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import type { Environment, EnvironmentName } from '../aws/environment.ts'

/** How an authority of AWS Private CA can sign, and which family its key must be of. */
export const pcaSigningAlgorithms = {
  SHA256WITHRSA: 'RSA',
  SHA384WITHRSA: 'RSA',
  SHA512WITHRSA: 'RSA',
  SHA256WITHECDSA: 'ECDSA',
  SHA384WITHECDSA: 'ECDSA',
  SHA512WITHECDSA: 'ECDSA',
} as const
export type PcaSigningAlgorithm = keyof typeof pcaSigningAlgorithms

const names = Object.keys(pcaSigningAlgorithms).filter(isPcaSigningAlgorithm)

export const pcaSigningAlgorithmSchema = v.picklist(names, `must be one of ${names.join(', ')}`)

/** A hundred years: whatever an authority can give is less. */
export const mostValidityDays = 36_500

export const validityDaysSchema = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.toNumber())], 'must be whole days'),
  v.integer('must be whole days'),
  v.minValue(1, 'must be 1 or more'),
  v.maxValue(mostValidityDays, `must not exceed ${mostValidityDays}`),
)

/** The authority that issues, and what it is asked for. */
export interface PrivateCaSettings {
  /** `arn:<partition>:acm-pca:<region>:<account>:certificate-authority/<id>` */
  authorityArn: string
  signingAlgorithm: PcaSigningAlgorithm
  validityDays: number
}

/** @returns undefined where AWS IoT issues */
export function readPrivateCaSettings(environment: Environment): PrivateCaSettings | undefined {
  const authorityArn = environment.optionalText('PCA_CA_ARN')
  if (authorityArn === undefined) return undefined
  return {
    authorityArn,
    signingAlgorithm: read(environment, 'PCA_SIGNING_ALGORITHM', pcaSigningAlgorithmSchema),
    validityDays: read(environment, 'PCA_VALIDITY_IN_DAYS', validityDaysSchema),
  }
}

/** The settings where the authority is also to hear of certificates that go. */
export function readRevocationSettings(
  environment: Environment,
): Pick<PrivateCaSettings, 'authorityArn'> | undefined {
  const authorityArn = environment.optionalText('PCA_CA_ARN')
  if (authorityArn === undefined || environment.text('PCA_REVOKE_ON_RETIREMENT') !== 'true') return undefined
  return { authorityArn }
}

function read<S extends v.GenericSchema>(
  environment: Environment,
  name: EnvironmentName,
  schema: S,
): v.InferOutput<S> {
  const parsed = parseWith(schema, environment.text(name))
  if (!parsed.ok) throw new Error(`The environment variable ${name} ${parsed.problem}.`)
  return parsed.value
}

function isPcaSigningAlgorithm(name: string): name is PcaSigningAlgorithm {
  return Object.hasOwn(pcaSigningAlgorithms, name)
}
