import { describe, expect, test } from 'vitest'
import { readProxySettings } from './proxy-settings.ts'

describe('the proxy of the nucleus', () => {
  test.each([
    ['http://p', { scheme: 'http', host: 'p', port: 80 }],
    ['https://p', { scheme: 'https', host: 'p', port: 443 }],
    ['http://p:3128', { scheme: 'http', host: 'p', port: 3128 }],
    ['http://a%40b:c@p', { scheme: 'http', host: 'p', port: 80, userInfo: 'a@b:c' }],
  ])('%s', (url, proxy) => {
    expect(readProxySettings({ proxy: { url } }, 'cloud')).toEqual(proxy)
  })

  test('takes name and password from beside the URL where it has none', () => {
    const beside = { username: 'me', password: 'sesame' }
    expect(readProxySettings({ proxy: { url: 'http://p', ...beside } }, 'cloud')?.userInfo).toBe('me:sesame')
    expect(readProxySettings({ proxy: { url: 'http://you@p', ...beside } }, 'cloud')?.userInfo).toBe(
      'you:sesame',
    )
  })

  test('is left out where none is set, and for exceptions', () => {
    const proxy = { url: 'http://p' }
    expect(readProxySettings(undefined, 'cloud')).toBeUndefined()
    expect(readProxySettings({ proxy: {} }, 'cloud')).toBeUndefined()
    expect(readProxySettings({ noProxyAddresses: 'a,cl.*', proxy }, 'cloud')).toBeUndefined()
    expect(readProxySettings({ noProxyAddresses: 'clou', proxy }, 'cloud')).toBeDefined()
  })

  test('of another kind is refused', () => {
    expect(() => readProxySettings({ proxy: { url: 'socks5://p' } }, 'cloud')).toThrow(
      'http: and https: only',
    )
  })
})
