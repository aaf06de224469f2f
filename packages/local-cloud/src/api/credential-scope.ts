/** What the `Authorization` header of an AWS signature says about caller and service. */
export interface CredentialScope {
  accessKeyId: string
  region: string
  /** The signing name: `iot`, `iotdata`, `iot-jobs-data`, `sns`, … */
  service: string
}

/** AWS IoT accepts both; SDKs until 2023, and with them the AWS CLI of Debian 12, sign for the former name. */
const formerNames: ReadonlyMap<string, string> = new Map([['execute-api', 'iot']])

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
  return { accessKeyId, region, service: formerNames.get(service) ?? service }
}
