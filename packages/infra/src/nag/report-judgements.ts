import type { Stack } from 'aws-cdk-lib'
import { judgeStack } from './judge-stack.ts'

/** Judges stacks and writes what was found and what was accepted. @returns how much was found */
export function reportJudgements(
  stacks: Readonly<Record<string, Stack>>,
  write: (text: string) => void,
): number {
  let found = 0
  for (const [name, stack] of Object.entries(stacks)) {
    const { findings, suppressions } = judgeStack(stack)
    for (const { rule, path, reason } of suppressions) write(`  accepted  ${rule} ${path}: ${reason}\n`)
    for (const finding of findings) write(`  FOUND     ${finding}\n`)
    write(`${name}: findings ${findings.length}, suppressions ${suppressions.length}\n`)
    found += findings.length
  }
  return found
}
