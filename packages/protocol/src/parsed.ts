import * as v from 'valibot'

/** What comes of reading outside input: a value to trust, or one sentence about what is wrong with it. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string }

export function parseWith<S extends v.GenericSchema>(schema: S, input: unknown): Parsed<v.InferOutput<S>> {
  const result = v.safeParse(schema, input, { abortEarly: true })
  if (result.success) return { ok: true, value: result.output }
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  return { ok: false, problem: path === null ? issue.message : `${path}: ${issue.message}` }
}

/** The same for a message's bytes, which may be anything. */
export function parseJsonWith<S extends v.GenericSchema>(schema: S, text: string): Parsed<v.InferOutput<S>> {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'not JSON' }
  }
  return parseWith(schema, input)
}
