import tls from 'node:tls'

/** Where TLS connections to `host:port` go instead: a port of `localhost`. */
export type Routes = Readonly<Record<string, number>>

type Connect = typeof tls.connect

/**
 * Sends TLS connections for some hosts to a local port, as a resolver and a router would do for a whole machine.
 *
 * CDK's custom resource code drops the port of the response URL, so the URL must have the default one, which only
 * root may listen on. The certificate is checked for `localhost`.
 */
export function routeTls(routes: Routes): void {
  const original: Connect = tls.connect.bind(tls)
  tls.connect = ((...given: Parameters<Connect>) => {
    const [options] = given as unknown as [tls.ConnectionOptions | undefined]
    const port = typeof options === 'object' ? routes[`${options.host}:${options.port}`] : undefined
    if (typeof options !== 'object' || port === undefined) return original(...given)
    return original({ ...options, host: 'localhost', servername: 'localhost', port })
  }) as Connect
}
