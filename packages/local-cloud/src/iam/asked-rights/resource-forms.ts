import type { ObservedCall } from '../../api/call-hooks.ts'

/**
 * What a call is about, as ARN or as the part after the account with fields of the call in braces: `thing/{thingName}`.
 * A function gives as many as the call names.
 */
export type ResourceForm = string | ((call: ObservedCall) => readonly string[])

/** A field of the call: of its path, its body or its query string; empty where it has none of that name. */
export function field({ params, input, query }: ObservedCall, name: string): string {
  const value = params[name] ?? input[name] ?? query.get(name)
  return typeof value === 'string' ? value : ''
}

/** @returns ARNs, or the parts of them after the account */
export function fill(form: ResourceForm, call: ObservedCall): readonly string[] {
  if (typeof form !== 'string') return form(call)
  return [form.replaceAll(/\{(\w+)\}/g, (_, name: string) => field(call, name))]
}
