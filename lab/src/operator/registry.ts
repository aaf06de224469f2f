import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreatePolicyCommand,
  CreateRoleAliasCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  ListThingPrincipalsV2Command,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'

export interface IssuedCertificate {
  certificateId: string
  certificateArn: string
  certificatePem: string
}

/** Gives an answer's optional fields a name where the operation always sends them. */
function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`AWS IoT answered without ${name}.`)
  return value
}

export async function createPolicy(
  iot: IoTClient,
  policyName: string,
  policyDocument: string,
): Promise<void> {
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument }))
}

export async function attachPolicy(iot: IoTClient, policyName: string, target: string): Promise<void> {
  await iot.send(new AttachPolicyCommand({ policyName, target }))
}

export async function detachPolicy(iot: IoTClient, policyName: string, target: string): Promise<void> {
  await iot.send(new DetachPolicyCommand({ policyName, target }))
}

/** Under that name core devices fetch credentials for their components. */
export async function createRoleAlias(iot: IoTClient, roleAlias: string, roleArn: string): Promise<void> {
  await iot.send(new CreateRoleAliasCommand({ roleAlias, roleArn }))
}

export async function credentialEndpointOf(iot: IoTClient): Promise<string> {
  const { endpointAddress } = await iot.send(
    new DescribeEndpointCommand({ endpointType: 'iot:CredentialProvider' }),
  )
  return required(endpointAddress, 'endpointAddress')
}

export async function setCertificateStatus(
  iot: IoTClient,
  certificateId: string,
  newStatus: 'ACTIVE' | 'INACTIVE',
): Promise<void> {
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus }))
}

/** The certificate is this thing's and no other's. */
export async function attachExclusively(iot: IoTClient, thingName: string, principal: string): Promise<void> {
  const thingPrincipalType = 'EXCLUSIVE_THING'
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal, thingPrincipalType }))
}

/** Takes a certificate from its thing and deactivates it, as the operator does who replaces it by hand. */
export async function detach(iot: IoTClient, thingName: string, certificateId: string): Promise<void> {
  const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }))
  const principal = required(certificateDescription?.certificateArn, 'certificateArn')
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
  await iot.send(new DetachThingPrincipalCommand({ thingName, principal }))
}

export async function createThingGroup(iot: IoTClient, thingGroupName: string): Promise<string> {
  const { thingGroupArn } = await iot.send(new CreateThingGroupCommand({ thingGroupName }))
  return required(thingGroupArn, 'thingGroupArn')
}

export async function issueCertificate(iot: IoTClient, csr: string): Promise<IssuedCertificate> {
  const answer = await iot.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
  )
  return {
    certificateId: required(answer.certificateId, 'certificateId'),
    certificateArn: required(answer.certificateArn, 'certificateArn'),
    certificatePem: required(answer.certificatePem, 'certificatePem'),
  }
}

/** Creates a thing that owns its certificate exclusively, as a rotation demands. */
export async function createThing(
  iot: IoTClient,
  thing: { thingName: string; thingGroupName: string; policyName: string; certificateArn: string },
): Promise<void> {
  const { thingName, certificateArn } = thing
  await iot.send(new CreateThingCommand({ thingName }))
  await attachPolicy(iot, thing.policyName, certificateArn)
  await attachExclusively(iot, thingName, certificateArn)
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: thing.thingGroupName }))
}

/** The ids of all certificates that are attached to a thing. */
export async function attachedCertificates(iot: IoTClient, thingName: string): Promise<string[]> {
  const { thingPrincipalObjects = [] } = await iot.send(new ListThingPrincipalsV2Command({ thingName }))
  return thingPrincipalObjects.map(({ principal = '' }) => principal.split('cert/')[1] ?? principal)
}

/** @returns `gone` for a certificate that the registry does not know (any more) */
export async function certificateStatus(iot: IoTClient, certificateId: string): Promise<string> {
  try {
    const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }))
    return certificateDescription?.status ?? 'unknown'
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'gone'
    throw error
  }
}
