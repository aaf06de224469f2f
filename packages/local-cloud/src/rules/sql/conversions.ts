import type { Json, Value } from './syntax.ts'

const decimal = /^-?\d+(\.\d+)?(e-?\d+)?$/i

/** As AWS IoT SQL converts: numbers, and strings that look like one; else Undefined. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined
}

/** Booleans, and the strings true and false in any case; else Undefined. */
export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const lower = value.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

/** Null and Undefined have no string. */
export function toText(value: Value): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function isObject(value: Value): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under a key of its own (never one that every object inherits). */
export function member(value: Value, key: string): Value {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

export function areEqual(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return (
      left.length === right.length &&
      left.every((item, at) => {
        const other = right[at]
        return other !== undefined && areEqual(item, other)
      })
    )
  if (!isObject(left) || !isObject(right)) return left === right
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every(key => {
      const [one, other] = [left[key], member(right, key)]
      return one !== undefined && other !== undefined && areEqual(one, other)
    })
  )
}
