import { functionArities } from './functions.ts'
import type { BinaryOperator, Expression } from './syntax.ts'
import type { TokenReader } from './token-reader.ts'
import { sqlParseError } from './tokens.ts'

/** Loosest first. Operators of one level group from the left. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['OR'],
  ['AND'],
  ['=', '<>', '<', '<=', '>', '>=', 'IN'],
  ['+', '-'],
  ['*', '/', '%'],
]
const notLevel = 2

const reserved = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AS',
  'AND',
  'OR',
  'NOT',
  'IN',
  'VALUE',
  'CASE',
  'SET',
  'EXISTS',
])

function takeOperator(reader: TokenReader, operators: readonly BinaryOperator[]): BinaryOperator | undefined {
  if (operators.includes('<>') && reader.take('!=')) return '<>'
  return operators.find(operator => reader.take(operator))
}

function binaryLevel(reader: TokenReader, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return unary(reader)
  if (level === notLevel && reader.take('NOT')) return { kind: 'not', operand: binaryLevel(reader, level) }
  let left = binaryLevel(reader, level + 1)
  for (;;) {
    const operator = takeOperator(reader, operators)
    if (operator === undefined) return left
    left = { kind: 'binary', operator, left, right: binaryLevel(reader, level + 1) }
  }
}

function unary(reader: TokenReader): Expression {
  return reader.take('-') ? { kind: 'negate', operand: unary(reader) } : primary(reader)
}

function primary(reader: TokenReader): Expression {
  if (reader.take('(')) {
    const inner = parseExpression(reader)
    reader.expect(')')
    return inner
  }
  const token = reader.peek()
  if (token.kind === 'number') return { kind: 'literal', value: Number(reader.next().text) }
  if (token.kind === 'string') return { kind: 'literal', value: reader.next().text }
  if (token.kind !== 'word' || reserved.has(token.text.toUpperCase()))
    throw reader.unexpected('Expected an expression')
  reader.next()
  if (reader.take('(')) return call(reader, token.text)
  return literalWord(token.text) ?? path(reader, token.text)
}

function literalWord(text: string): Expression | undefined {
  switch (text.toUpperCase()) {
    case 'TRUE':
      return { kind: 'literal', value: true }
    case 'FALSE':
      return { kind: 'literal', value: false }
    case 'NULL':
      return { kind: 'literal', value: null }
    default:
      return undefined
  }
}

function path(reader: TokenReader, first: string): Expression {
  const keys = [first]
  while (reader.take('.')) keys.push(reader.expectKind('word', 'a key'))
  return { kind: 'path', keys }
}

function call(reader: TokenReader, written: string): Expression {
  const name = written.toLowerCase()
  const arity = functionArities.get(name)
  if (arity === undefined) throw sqlParseError(`The SQL function ${written} is not supported`)
  const given: Expression[] = []
  if (!reader.take(')')) {
    do given.push(reader.take('*') ? { kind: 'payload' } : parseExpression(reader))
    while (reader.take(','))
    reader.expect(')')
  }
  if (given.length < arity.least || given.length > arity.most)
    throw sqlParseError(`The SQL function ${written} does not take ${given.length} arguments`)
  if (name !== 'encode' && given.some(argument => argument.kind === 'payload'))
    throw sqlParseError(`The SQL function ${written} does not take * here`)
  return { kind: 'call', name, arguments: given }
}

/** @throws AwsError `SqlParseException` for what this engine does not know */
export function parseExpression(reader: TokenReader): Expression {
  return binaryLevel(reader, 0)
}
