import { areEqual, toBoolean, toNumber, toText } from './conversions.ts'
import type { BinaryOperator, Value } from './syntax.ts'

function logical(operator: 'AND' | 'OR', left: Value, right: Value): Value {
  const [one, other] = [toBoolean(left), toBoolean(right)]
  if (one === undefined || other === undefined) return undefined
  return operator === 'AND' ? one && other : one || other
}

function equality(left: Value, right: Value): boolean | undefined {
  return left === undefined || right === undefined ? undefined : areEqual(left, right)
}

function order(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): Value {
  const [one, other] = [toNumber(left), toNumber(right)]
  if (one === undefined || other === undefined) return undefined
  switch (operator) {
    case '<':
      return one < other
    case '<=':
      return one <= other
    case '>':
      return one > other
    case '>=':
      return one >= other
  }
}

function plus(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left !== 'string' && typeof right !== 'string') return undefined
  const [one, other] = [toText(left), toText(right)]
  return one === undefined || other === undefined ? undefined : one + other
}

/** Two whole numbers divide to a whole number. Division by zero is Undefined. */
function arithmetic(operator: '-' | '*' | '/' | '%', left: Value, right: Value): Value {
  const [one, other] = [toNumber(left), toNumber(right)]
  if (one === undefined || other === undefined) return undefined
  if (operator === '-') return one - other
  if (operator === '*') return one * other
  if (other === 0) return undefined
  if (operator === '%') return one % other
  const whole = Number.isInteger(left) && Number.isInteger(right)
  return whole ? Math.trunc(one / other) : one / other
}

/** The tables of AWS IoT SQL's operators: what does not fit together is Undefined, not an error. */
export function applyOperator(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case 'AND':
    case 'OR':
      return logical(operator, left, right)
    case '=':
      return equality(left, right)
    case '<>': {
      const equal = equality(left, right)
      return equal === undefined ? undefined : !equal
    }
    case 'IN':
      return left === undefined || !Array.isArray(right)
        ? undefined
        : right.some(item => areEqual(item, left))
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(operator, left, right)
    case '+':
      return plus(left, right)
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(operator, left, right)
  }
}
