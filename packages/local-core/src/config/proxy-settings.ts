import { isMap } from './config-merge.ts'
import type { ConfigValue } from './config-tree.ts'

/** The proxy that a nucleus reaches the cloud through. */
export interface ProxySettings {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** `name:password` for basic authentication. */
  readonly userInfo?: string
}

/**
 * Reads `networkProxy` for a connection to `host`: user and password may stand in the URL or beside it, and each of
 * the exceptions is a regular expression of a whole host name. Undefined where the connection is direct.
 */
export function readProxySettings(
  networkProxy: ConfigValue | undefined,
  host: string,
): ProxySettings | undefined {
  const settings = isMap(networkProxy) ? networkProxy : {}
  const proxy = isMap(settings['proxy']) ? settings['proxy'] : {}
  const url = textOf(proxy['url'])
  if (url === '' || isException(textOf(settings['noProxyAddresses']), host)) return undefined
  const { protocol, hostname, port, username, password } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(
      `This core knows proxies of http: and https: only, not ${protocol} Change networkProxy.proxy.url.`,
    )
  const scheme = protocol === 'https:' ? 'https' : 'http'
  const name = decodeURIComponent(username) || textOf(proxy['username'])
  return {
    scheme,
    host: hostname,
    port: port === '' ? { http: 80, https: 443 }[scheme] : Number(port),
    ...(name !== '' && { userInfo: `${name}:${decodeURIComponent(password) || textOf(proxy['password'])}` }),
  }
}

function isException(addresses: string, host: string): boolean {
  return addresses !== '' && addresses.split(',').some(address => new RegExp(`^(?:${address})$`).test(host))
}

const textOf = (value: ConfigValue | undefined): string => (typeof value === 'string' ? value : '')
