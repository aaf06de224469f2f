/** Reads fields of a request; a field of another type is the client's fault and ends in an unmodelled error. */
export type RequestFields = Readonly<Record<string, unknown>>

export function optionalText(request: RequestFields, field: string): string | undefined {
  const value = request[field] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw new TypeError(`${field} is not a string`)
}

export function optionalNumber(request: RequestFields, field: string): number | undefined {
  const value = request[field] ?? undefined
  if (value === undefined || typeof value === 'number') return value
  throw new TypeError(`${field} is not a number`)
}

export function optionalTexts(request: RequestFields, field: string): readonly string[] {
  const value = request[field] ?? []
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
  throw new TypeError(`${field} is not a list of strings`)
}

export function optionalObject(request: RequestFields, field: string): RequestFields | undefined {
  const value = request[field] ?? undefined
  if (value === undefined) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as RequestFields
  throw new TypeError(`${field} is not an object`)
}
