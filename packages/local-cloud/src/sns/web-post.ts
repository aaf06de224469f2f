import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'

const timeoutMs = 15_000

/**
 * Posts to a web endpoint and tells whether it answered with a status of success. The connection is not kept.
 *
 * @param ca PEM of a further root, so that endpoints with a certificate of this cloud's own can be reached
 */
export function webPost(
  url: string,
  headers: Record<string, string>,
  body: string,
  ca: readonly string[] = [],
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      agent: false,
    }
    const answered = (response: IncomingMessage) => {
      response.resume()
      const { statusCode = 0 } = response
      response.once('end', () => resolve(statusCode >= 200 && statusCode < 300))
      response.once('error', reject)
    }
    const request = url.startsWith('https:')
      ? httpsRequest(url, { ...options, ca: [...rootCertificates, ...ca] }, answered)
      : httpRequest(url, options, answered)
    request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    request.once('error', reject)
    request.end(body)
  })
}
