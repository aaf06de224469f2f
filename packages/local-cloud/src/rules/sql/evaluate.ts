import { isObject, member, toBoolean, toNumber } from './conversions.ts'
import { applyFunction, type MessageContext } from './functions.ts'
import { applyOperator } from './operators.ts'
import type { Expression, Json, Statement, Value } from './syntax.ts'

/** Undefined for an empty payload and for one that is no JSON. */
function parsePayload(payload: Buffer): Value {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return undefined
  }
}

function evaluate(expression: Expression, payload: Value, context: MessageContext): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'path':
      return expression.keys.reduce<Value>(member, payload)
    case 'payload':
      return context.payload.toString()
    case 'call': {
      const [first, scheme] = expression.arguments
      if (first?.kind === 'payload')
        return scheme !== undefined && evaluate(scheme, payload, context) === 'base64'
          ? context.payload.toString('base64')
          : undefined
      const values = expression.arguments.map(argument => evaluate(argument, payload, context))
      return applyFunction(expression.name, values, context)
    }
    case 'not': {
      const operand = toBoolean(evaluate(expression.operand, payload, context))
      return operand === undefined ? undefined : !operand
    }
    case 'negate': {
      const operand = toNumber(evaluate(expression.operand, payload, context))
      return operand === undefined ? undefined : -operand
    }
    case 'binary': {
      const left = evaluate(expression.left, payload, context)
      return applyOperator(expression.operator, left, evaluate(expression.right, payload, context))
    }
  }
}

/** Evaluates one expression, as in a substitution template. */
export function evaluateExpression(expression: Expression, context: MessageContext): Value {
  return evaluate(expression, parsePayload(context.payload), context)
}

/**
 * What a statement makes of a message: the outgoing payload, or nothing where WHERE is not true.
 *
 * `SELECT *` alone hands the payload on byte by byte. With more items, a JSON object gets them added,
 * and an item wins over the payload's own field of that name: a sender cannot forge `principal() AS
 * principal`. Items that are Undefined leave their key out; the payload's own field of that name is
 * then left out too.
 */
export function evaluateStatement(statement: Statement, context: MessageContext): Buffer | undefined {
  const payload = parsePayload(context.payload)
  if (statement.where !== undefined && evaluate(statement.where, payload, context) !== true) return undefined
  if (statement.wholePayload && statement.items.length === 0) return context.payload
  const output = new Map<string, Json>(
    statement.wholePayload && isObject(payload) ? Object.entries(payload) : [],
  )
  for (const { key, expression } of statement.items) {
    const value = evaluate(expression, payload, context)
    if (value === undefined) output.delete(key)
    else output.set(key, value)
  }
  return Buffer.from(JSON.stringify(Object.fromEntries(output)))
}
