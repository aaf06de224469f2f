import { describe, expect, test } from 'vitest'
import { parseCommandLine, UsageError } from './command-line.ts'

test('a directory is enough, and ports are free ones', () => {
  expect(parseCommandLine(['--directory', 'd'])).toEqual({
    kind: 'run',
    options: {
      directory: 'd',
      ports: { http: 0, https: 0, mqtt: 0 },
      warmFunctions: false,
      privateAuthorities: [],
    },
    templates: [],
  })
})

test('ports and several templates are taken', () => {
  const args = [
    '--directory=d',
    '--deploy',
    'a',
    '--deploy',
    'b',
    '--mqtt-port',
    '8883',
    '--http-port=1',
    '--https-port=2',
  ]
  expect(parseCommandLine(args)).toMatchObject({
    options: { ports: { http: 1, https: 2, mqtt: 8883 } },
    templates: ['a', 'b'],
  })
})

test('authorities of AWS Private CA are taken, with an RSA key unless it is said', () => {
  const [one, other] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
  const args = ['--directory=d', '--private-ca', one, '--private-ca', `${other}:EC_prime256v1`]
  expect(parseCommandLine(args)).toMatchObject({
    options: {
      privateAuthorities: [
        { id: one, keyAlgorithm: 'RSA_2048' },
        { id: other, keyAlgorithm: 'EC_prime256v1' },
      ],
    },
  })
})

test('help wins over what is missing', () => {
  expect(parseCommandLine(['--help'])).toEqual({ kind: 'help' })
})

describe('a command line is refused', () => {
  test.each([
    [[], /--directory is missing/],
    [['--directory', 'd', '--mqtt-port', '70000'], /--mqtt-port takes a port from 0 to 65535, not 70000/],
    [['--directory', 'd', '--http-port=-1'], /--http-port takes a port/],
    [['--directory', 'd', '--https-port', 'many'], /not many/],
    [['--directory', 'd', '--colour'], /--colour/],
    [['--directory', 'd', '--private-ca', 'mine'], /--private-ca takes a UUID/],
    [
      ['--directory', 'd', '--private-ca', '00000000-0000-4000-8000-00000000000a:DSA'],
      /no key DSA, only RSA_2048/,
    ],
    [['--directory'], /directory/],
    [['d'], /d/],
  ])('%j', (args, reason) => {
    const parse = () => parseCommandLine(args)
    expect(parse).toThrow(reason)
    expect(parse).toThrow(UsageError)
  })
})
