import type { IncomingHttpHeaders } from 'node:http'

/** One HTTP request, read to its end. */
export interface ApiRequest {
  method: string
  /** Path and query string as they stand on the wire, still percent-encoded. */
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** SHA-256 of the client's certificate, where it came by mutual TLS. */
  certificateId?: string
}
