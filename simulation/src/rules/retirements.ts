import type { CertificateId } from '@rotator/protocol/ids'
import type { FunctionCall } from '../cloud/backend-functions.ts'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'

/** One step of taking a certificate away. */
export interface RetirementStep {
  thing: string
  certificateId: CertificateId
  wasNeverAttached: boolean
}

/**
 * What the call itself says, and what the cloud has seen: the message that a function retires because of is the product's
 * own word, which may be as wrong as its decision.
 *
 * @returns what a function's call is about to take away from whom; undefined where it is no step of a retirement
 */
export function retirementBy(
  { operation, input }: FunctionCall,
  { registry, attached, issuedFor }: Pick<SimulatedCloud, 'registry' | 'attached' | 'issuedFor'>,
): RetirementStep | undefined {
  const certificateId = takenAwayBy(operation, input)
  // A copy of a message may still be at work on what is gone already.
  if (certificateId === undefined || registry.certificates.find(certificateId) === undefined) return undefined
  const attachment = attached.find(one => one.certificateId === certificateId)
  // Somebody may attach to one thing what was issued for another.
  const thing = issuedFor.get(certificateId) ?? attachment?.thing ?? ''
  return {
    thing,
    certificateId: certificateId as CertificateId,
    wasNeverAttached: attachment === undefined,
  }
}

function takenAwayBy(operation: string, input: FunctionCall['input']): string | undefined {
  switch (operation) {
    case 'UpdateCertificate':
      return input['newStatus'] === 'ACTIVE' ? undefined : String(input['certificateId'])
    case 'DeleteCertificate':
      return String(input['certificateId'])
    case 'DetachThingPrincipal':
      return String(input['principal']).replace(/^.*:cert\//u, '')
    default:
      return undefined
  }
}
