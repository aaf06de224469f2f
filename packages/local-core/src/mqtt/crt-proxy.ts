import type { CrtLibrary } from './crt-library.ts'

/** The core's own proxy, in the library's words. */
export const crtProxyOptions = (
  crt: CrtLibrary,
  port: number,
): InstanceType<CrtLibrary['http']['HttpProxyOptions']> =>
  new crt.http.HttpProxyOptions(
    '127.0.0.1',
    port,
    crt.http.HttpProxyAuthenticationType.None,
    undefined,
    undefined,
    undefined,
    crt.http.HttpProxyConnectionType.Tunneling,
  )
