import { type Stack, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import * as v from 'valibot'

/** What the rules of AwsSolutions say of a stack. */
export interface Judgement {
  /** What is wrong: the rule and the resource, a line each. */
  findings: readonly string[]
  /** What was accepted: a rule, on one resource, for one reason. */
  suppressions: readonly Suppression[]
}

export interface Suppression {
  rule: string
  /** Of the construct in its application. */
  path: string
  reason: string
}

/** Judges a stack by cdk-nag. What is wrong does not throw: who asks decides what follows. */
export function judgeStack(stack: Stack): Judgement {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack)
  return {
    findings: violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
    suppressions: stack.node.findAll().flatMap(construct => suppressionsAt(construct.node)),
  }
}

const acknowledged = v.record(v.string(), v.string())

/** A rule that names what it found, in brackets, is one suppression, whatever it found on that resource. */
function suppressionsAt({ path, metadata }: Stack['node']): Suppression[] {
  const reasons = metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(v.parse(acknowledged, data)))
    .map(([id, reason]) => [id.replace(/^Annotation::/u, '').replace(/\[.*$/u, ''), reason] as const)
  return [...new Map(reasons)].map(([rule, reason]) => ({ rule, path, reason }))
}
