import type { Condition, Statement } from './policy-document.ts'
import { type PolicyContext, policyVariable } from './policy-variables.ts'
import { matchesPattern } from './wildcard.ts'

/** An action on a resource, such as `iot:Publish` on `arn:aws:iot:…:topic/a/b`. */
export interface Attempt {
  action: string
  resource: string
}

/** Denied by default; a statement that denies wins over all that allow. */
export function isAllowed(
  statements: readonly Statement[],
  attempt: Attempt,
  context: PolicyContext,
): boolean {
  const applying = statements.filter(statement => applies(statement, attempt, context))
  return applying.length > 0 && applying.every(statement => statement.effect === 'Allow')
}

function applies(statement: Statement, { action, resource }: Attempt, context: PolicyContext): boolean {
  const variable = (name: string) => policyVariable(name, context)
  const lowerCaseAction = action.toLowerCase()
  return (
    statement.actions.some(pattern => matchesPattern(pattern, lowerCaseAction, () => undefined)) &&
    statement.resources.some(pattern => matchesPattern(pattern, resource, variable)) &&
    statement.conditions.every(condition => holds(condition, context))
  )
}

function holds({ operator, key, values }: Condition, context: PolicyContext): boolean {
  const actual = policyVariable(key, context)
  const variable = (name: string) => policyVariable(name, context)
  const like = (value: string) => actual !== undefined && matchesPattern(value, actual, variable)
  const equal = (value: string) => actual !== undefined && literal(value, variable) === actual
  const equalIgnoringCase = (value: string) =>
    literal(value, variable)?.toLowerCase() === actual?.toLowerCase()
  switch (operator) {
    case 'Bool':
      return actual !== undefined && values.some(value => value.toLowerCase() === actual)
    case 'StringEquals':
      return values.some(equal)
    case 'StringNotEquals':
      return !values.some(equal)
    case 'StringEqualsIgnoreCase':
      return actual !== undefined && values.some(equalIgnoringCase)
    case 'StringNotEqualsIgnoreCase':
      return actual === undefined || !values.some(equalIgnoringCase)
    case 'StringLike':
      return values.some(like)
    case 'StringNotLike':
      return !values.some(like)
  }
}

/** The text with its variables filled in; undefined where one of them has no value. */
function literal(text: string, variable: (name: string) => string | undefined): string | undefined {
  const parts = text.split(/(\$\{[^}]*\})/).map(part => {
    if (!part.startsWith('${') || !part.endsWith('}')) return part
    const name = part.slice(2, -1)
    return name === '*' || name === '?' || name === '$' ? name : variable(name)
  })
  return parts.includes(undefined) ? undefined : parts.join('')
}
