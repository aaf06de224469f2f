import type { Protocol } from '../api/answer.ts'
import type { ApiRequest } from '../api/api-request.ts'
import { AwsError } from '../api/aws-error.ts'
import type { Authenticate } from '../api/call-hooks.ts'
import type { CredentialScope } from '../api/credential-scope.ts'
import type { Clock } from '../clock.ts'
import type { CredentialStore } from './credentials.ts'
import { type SignatureFault, signatureFault } from './signature.ts'

type Fault = 'missing' | 'incomplete' | 'unknown-key' | 'expired' | 'wrong-signature'

/** What each protocol calls it: the errors of the query protocol are older than the others. */
const codes: Readonly<Record<Fault, { query: string; json: string }>> = {
  missing: { query: 'MissingAuthenticationToken', json: 'MissingAuthenticationTokenException' },
  incomplete: { query: 'IncompleteSignature', json: 'IncompleteSignatureException' },
  'unknown-key': { query: 'InvalidClientTokenId', json: 'UnrecognizedClientException' },
  expired: { query: 'ExpiredToken', json: 'ExpiredTokenException' },
  'wrong-signature': { query: 'SignatureDoesNotMatch', json: 'InvalidSignatureException' },
}

function refusal({ kind }: Protocol, fault: Fault, message: string): AwsError {
  const { query, json } = codes[fault]
  return kind === 'query'
    ? new AwsError(query, 403, message)
    : new AwsError(json, kind === 'aws-json' ? 400 : 403, message, { queryErrorCode: query })
}

function describe(fault: SignatureFault): string {
  switch (fault.kind) {
    case 'incomplete':
      return `'${fault.lacks}' must be a header of the request, and a 'SignedHeader' in the AWS Authorization.`
    case 'skewed':
      return fault.isLate
        ? `Signature expired: ${fault.signedAt} is now earlier than ${fault.bounds}`
        : `Signature not yet current: ${fault.signedAt} is still later than ${fault.bounds}`
    case 'different':
      return 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
  }
}

/**
 * Takes a call only from whom it says: one signed with a key that is held, or one that came with a client certificate,
 * whose rights are its policies'.
 */
export function authentication(deps: { credentials: CredentialStore; clock: Clock }): Authenticate {
  return async (request, scope, protocol) => {
    if (scope !== undefined) return verify(deps, request, scope, protocol)
    if (request.certificateId === undefined)
      throw refusal(protocol, 'missing', 'Request is missing Authentication Token')
  }
}

async function verify(
  { credentials, clock }: { credentials: CredentialStore; clock: Clock },
  request: ApiRequest,
  scope: CredentialScope,
  protocol: Protocol,
): Promise<void> {
  const key = credentials.find(scope.accessKeyId)
  const token = request.headers['x-amz-security-token']
  if (key === undefined || token !== key.sessionToken)
    throw refusal(protocol, 'unknown-key', 'The security token included in the request is invalid.')
  const fault = await signatureFault(request, scope, key, clock.now())
  if (fault !== undefined)
    throw refusal(protocol, fault.kind === 'incomplete' ? fault.kind : 'wrong-signature', describe(fault))
  if (key.isExpired)
    throw refusal(protocol, 'expired', 'The security token included in the request is expired')
}
