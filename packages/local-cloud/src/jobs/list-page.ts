import { byNextToken, page } from '../registry/paging.ts'

/** One page of a list under the name that the operation gives it, with `nextToken` where more follow. */
export function listPage<T>(
  name: string,
  items: readonly T[],
  query: URLSearchParams,
  view: (item: T) => unknown,
): Record<string, unknown> {
  const { items: some, next } = page(items, query, byNextToken)
  return { [name]: some.map(view), ...(next !== undefined && { nextToken: next }) }
}
