import type { FunctionCall } from '../cloud/backend-functions.ts'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'

/** One step of taking a certificate away. */
export interface RetirementStep {
  thing: string
  certificateId: string
  wasNeverAttached: boolean
}

const changing = new Set(['UpdateCertificate', 'DetachThingPrincipal', 'DeleteCertificate'])

/** @returns what a function's call is about to take away from whom; empty where it is no step of a retirement */
export function retirementsBy(
  { life, operation }: FunctionCall,
  { registry }: SimulatedCloud,
): RetirementStep[] {
  if (life.functionName !== 'retire' || !changing.has(operation)) return []
  const { Records } = life.event as { Records: { body: string }[] }
  return Records.map(({ body }) => {
    const { thingName = '', certificateId = '', why } = JSON.parse(body) as Record<string, string>
    return { thing: thingName, certificateId, wasNeverAttached: why === 'never-attached' }
    // A copy of a message may still be at work on what is gone already.
  }).filter(({ certificateId }) => registry.certificates.find(certificateId) !== undefined)
}
