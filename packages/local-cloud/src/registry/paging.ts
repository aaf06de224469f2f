import { invalidRequest } from '../api/aws-error.ts'

export interface Page<T> {
  items: T[]
  /** Opaque to the client; absent on the last page. */
  next?: string
}

/** How a listing names its paging parameters in the query string, and its bounds. */
export interface PagingRule {
  size: 'maxResults' | 'pageSize'
  token: 'nextToken' | 'marker'
  maximum: number
  /** Without a size in the query: small, as on AWS, so that a caller who does not page is found out. */
  usual: number
}

export const byNextToken: PagingRule = { size: 'maxResults', token: 'nextToken', maximum: 250, usual: 25 }
export const byMarker: PagingRule = { size: 'pageSize', token: 'marker', maximum: 250, usual: 25 }

/** Cuts the page that the query asks for out of a list whose order does not change between calls. */
export function page<T>(items: readonly T[], query: URLSearchParams, rule: PagingRule): Page<T> {
  const size = pageSize(query.get(rule.size), rule)
  const start = startOf(query.get(rule.token))
  const end = start + size
  return {
    items: items.slice(start, end),
    ...(end < items.length && { next: Buffer.from(`offset:${end}`).toString('base64url') }),
  }
}

function pageSize(text: string | null, rule: PagingRule): number {
  if (text === null) return rule.usual
  const size = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (size < 1 || size > rule.maximum)
    throw invalidRequest(`Value '${text}' at '${rule.size}' must be between 1 and ${rule.maximum}`)
  return size
}

function startOf(token: string | null): number {
  if (token === null || token === '') return 0
  const offset = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1]
  if (offset === undefined) throw invalidRequest('The token is not valid')
  return Number(offset)
}
