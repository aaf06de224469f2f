/** What the `Authorization` header of an AWS signature says: who signed, for what, and over what. */
export interface CredentialScope {
  accessKeyId: string
  /** Such as `20260101`. */
  date: string
  region: string
  /** The service whose operations are meant: `iot`, `iotdata`, `iot-jobs-data`, `sns`, … */
  service: string
  /** The name that was signed for, which may be a former one of the service. */
  signingName: string
  /** Lower case, as they were named. */
  signedHeaders: readonly string[]
  /** Hexadecimal. */
  signature: string
}

/** AWS IoT accepts both; SDKs until 2023, and with them the AWS CLI of Debian 12, sign for the former name. */
const formerNames: ReadonlyMap<string, string> = new Map([['execute-api', 'iot']])

const form =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([\da-f]+)$/

/** Reads `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot/aws4_request, SignedHeaders=…, Signature=…`. */
export function credentialScope(authorization: string | undefined): CredentialScope | undefined {
  const [, accessKeyId, date, region, signingName, signedHeaders = '', signature] =
    form.exec(authorization ?? '') ?? []
  if (accessKeyId === undefined || date === undefined || region === undefined) return undefined
  if (signingName === undefined || signature === undefined) return undefined
  const service = formerNames.get(signingName) ?? signingName
  return {
    accessKeyId,
    date,
    region,
    service,
    signingName,
    signedHeaders: signedHeaders.split(';'),
    signature,
  }
}
