import { AwsError } from '../api/aws-error.ts'
import type { ObservedCall } from '../api/call-hooks.ts'
import { type AuthorityDependencies, deviceAuthority } from './device-authority.ts'

/** Actions that a device's policy must allow for the calls it makes by mutual TLS, with the resource of each. */
const deviceActions: Readonly<Record<string, { action: string; resource: (call: ObservedCall) => string }>> =
  {
    GetPendingJobExecutions: { action: 'iotjobsdata:GetPendingJobExecutions', resource: thingResource },
    StartNextPendingJobExecution: {
      action: 'iotjobsdata:StartNextPendingJobExecution',
      resource: thingResource,
    },
    DescribeJobExecution: { action: 'iotjobsdata:DescribeJobExecution', resource: thingResource },
    UpdateJobExecution: { action: 'iotjobsdata:UpdateJobExecution', resource: thingResource },
    GetThingShadow: { action: 'iot:GetThingShadow', resource: shadowResource },
    UpdateThingShadow: { action: 'iot:UpdateThingShadow', resource: shadowResource },
    DeleteThingShadow: { action: 'iot:DeleteThingShadow', resource: shadowResource },
    AssumeRoleWithCertificate: {
      action: 'iot:AssumeRoleWithCertificate',
      resource: ({ params }) => `rolealias/${params['roleAlias'] ?? ''}`,
    },
    Publish: { action: 'iot:Publish', resource: ({ params }) => `topic/${params['topic'] ?? ''}` },
  }

function thingResource({ params }: ObservedCall): string {
  return `thing/${params['thingName'] ?? ''}`
}

function shadowResource(call: ObservedCall): string {
  const name = call.query.get('name')
  return name === null ? thingResource(call) : `${thingResource(call)}/${name}`
}

/**
 * Admits a caller that came with a client certificate and no signature: the certificate must be registered and active,
 * and its policies must allow the call. Throws ForbiddenException otherwise.
 */
export function authorizeCertificateCaller(
  deps: AuthorityDependencies,
  certificateId: string,
  call: ObservedCall,
): void {
  const known = deviceActions[call.name]
  if (known === undefined || !deps.certificates.isActive(certificateId)) throw forbidden()
  if (!deviceAuthority(deps, { certificateId }).allows(known.action, known.resource(call))) throw forbidden()
}

function forbidden(): AwsError {
  return new AwsError('ForbiddenException', 403, 'Forbidden')
}
