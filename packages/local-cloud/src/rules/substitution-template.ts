import { toText } from './sql/conversions.ts'
import { evaluateExpression } from './sql/evaluate.ts'
import { parseExpression } from './sql/expression.ts'
import type { MessageContext } from './sql/functions.ts'
import type { Expression } from './sql/syntax.ts'
import { TokenReader } from './sql/token-reader.ts'

/** Text with `${expression}` in it, as rule actions take it; an Undefined expression becomes empty. */
export type Template = (string | Expression)[]

/** @throws AwsError `SqlParseException` */
export function parseTemplate(text: string): Template {
  return text.split(/(\$\{[^}]*\})/).map(part => {
    if (!part.startsWith('${')) return part
    const reader = new TokenReader(part.slice(2, -1))
    const expression = parseExpression(reader)
    if (reader.peek().kind !== 'end') throw reader.unexpected('Expected the end')
    return expression
  })
}

export function fillTemplate(template: Template, context: MessageContext): string {
  return template
    .map(part => (typeof part === 'string' ? part : (toText(evaluateExpression(part, context)) ?? '')))
    .join('')
}
