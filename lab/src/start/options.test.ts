import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'

function read(...args: string[]) {
  const written: string[] = []
  const options = readOptions(args, text => written.push(text))
  return { options, text: written.join('') }
}

describe('the flags of npm start', () => {
  test('without any there are three devices with the default algorithms', () => {
    expect(read().options).toEqual({
      devices: 3,
      hsm: 0,
      tpm: 0,
      issuer: 'aws-iot',
      algorithms: { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' },
      keep: false,
    })
  })

  test('an EC key alone brings a signing algorithm of its strength', () => {
    expect(read('--key-algorithm', 'ECDSA-P384').options).toMatchObject({
      algorithms: { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA384' },
    })
  })

  test.each(['0', '-3', 'many', '1.5', '51', '', '1e1'])(
    '--devices %j is refused with what to give',
    value => {
      const { options, text } = read(`--devices=${value}`)
      expect(options).toBe(1)
      expect(text).toContain('Give a whole number from 1 to 50.')
    },
  )

  test('--hsm and --tpm say how many of the devices have a token', () => {
    expect(read('--devices', '4', '--hsm', '2', '--tpm', '1').options).toMatchObject({ hsm: 2, tpm: 1 })
  })

  test('more tokens than devices are refused with what to give', () => {
    const { options, text } = read('--devices', '2', '--hsm', '2', '--tpm', '1')
    expect(options).toBe(1)
    expect(text).toContain('Give --devices 3 or more.')
  })

  test.each(['--hsm', '--tpm'])('P-521 is refused with %s, and the reason is told', flag => {
    const { options, text } = read(flag, '1', '--key-algorithm', 'ECDSA-P521')
    expect(options).toBe(1)
    expect(text).toContain('aws-c-io issue 591')
  })

  test('--issuer says who signs, and refuses whom it does not know', () => {
    expect(read('--issuer', 'private-ca').options).toMatchObject({ issuer: 'private-ca' })
    const { options, text } = read('--issuer', 'me')
    expect(options).toBe(1)
    expect(text).toContain('aws-iot, private-ca')
  })

  test('an unknown algorithm is refused with those that are known', () => {
    const { options, text } = read('--key-algorithm', 'RSA-512')
    expect(options).toBe(1)
    expect(text).toContain('keyAlgorithm "RSA-512" is unknown. Use one of RSA-2048')
  })

  test('families that differ are refused with what fits', () => {
    const { options, text } = read('--key-algorithm', 'RSA-2048', '--signing-algorithm', 'ECDSA-WITH-SHA256')
    expect(options).toBe(1)
    expect(text).toContain('With RSA-2048 use one of')
  })

  test('--json into a missing folder, or onto a folder, is refused before anything starts', () => {
    expect(read('--json', '/no/such/folder/out.json')).toMatchObject({
      options: 1,
      text: expect.stringContaining('The folder /no/such/folder does not exist'),
    })
    expect(read('--json', tmpdir())).toMatchObject({
      options: 1,
      text: expect.stringContaining('is a folder'),
    })
  })

  test('--json into a folder that exists is made absolute', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'options-')), 'out.json')
    expect(read('--json', file).options).toMatchObject({ json: file })
  })

  test.each([['--device', '3'], ['3'], ['--devices']])(
    '%s is refused with the way to the flags',
    (...args) => {
      const { options, text } = read(...args)
      expect(options).toBe(1)
      expect(text).toContain('npm start -- --help')
    },
  )

  test('--help tells every flag and starts nothing', () => {
    const { options, text } = read('--help')
    expect(options).toBe(0)
    for (const flag of [
      '--devices',
      '--hsm',
      '--tpm',
      '--issuer',
      '--key-algorithm',
      '--signing-algorithm',
      '--keep',
      '--json',
    ]) {
      expect(text).toContain(flag)
    }
  })
})
