/** What the `Authorization` header of an AWS signature says about caller and service. */
export interface CredentialScope {
  accessKeyId: string
  region: string
  /** The signing name: `iot`, `iotdata`, `iot-jobs-data`, `sns`, … */
  service: string
}

/**
 * Reads `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot/aws4_request, SignedHeaders=…`.
 * The signature itself is not verified: every local caller is trusted to be who it says.
 */
export function credentialScope(authorization: string | undefined): CredentialScope | undefined {
  const found = /^AWS4-\S+ .*?Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    authorization ?? '',
  )
  const [, accessKeyId, region, service] = found ?? []
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined
  return { accessKeyId, region, service }
}
