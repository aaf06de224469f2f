import { matchesPattern } from '../policies/wildcard.ts'
import { holds, type RequestContext } from './conditions.ts'
import type { Patterns, Statement, TrustStatement } from './identity-policy.ts'

/** An action on one resource, such as `iot:Publish` on `arn:aws:iot:…:topic/a`; `*` where the action knows none. */
export interface Attempt {
  action: string
  resource: string
  context: RequestContext
}

/** Denied unless allowed; a statement that denies wins over all that allow. */
export type Decision = 'allowed' | 'not-allowed' | 'denied'

export function decide(statements: readonly Statement[], attempt: Attempt): Decision {
  const applying = statements.filter(statement => applies(statement, attempt))
  if (applying.some(({ effect }) => effect === 'Deny')) return 'denied'
  return applying.length > 0 ? 'allowed' : 'not-allowed'
}

/** Whether a service may act as the role. */
export function isTrusted(
  statements: readonly TrustStatement[],
  service: string,
  context: RequestContext,
): boolean {
  const applying = statements.filter(
    ({ services, conditions }) =>
      services.includes(service) && conditions.every(condition => holds(condition, context)),
  )
  return applying.length > 0 && applying.every(({ effect }) => effect === 'Allow')
}

function applies({ actions, resources, conditions }: Statement, attempt: Attempt): boolean {
  return (
    matchesAny(actions, attempt.action.toLowerCase()) &&
    matchesAny(resources, attempt.resource) &&
    conditions.every(condition => holds(condition, attempt.context))
  )
}

function matchesAny({ patterns, isNot }: Patterns, value: string): boolean {
  return patterns.some(pattern => matchesPattern(pattern, value, () => undefined)) !== isNot
}
