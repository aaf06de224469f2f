import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { makeFolders } from '../testing/device-files.ts'
import { SimulatedDisk } from '../testing/simulated-disk.ts'
import { readCloudSettings } from './cloud-settings.ts'
import { readEffectiveConfig } from './effective-config.ts'
import { findRoot } from './find-root.ts'
import { locateIdentity } from './locate-identity.ts'
import { pathSettings } from './setting.ts'
import { readTransactionLog } from './transaction-log.ts'

const line = (TS: number, TP: unknown, W: string, V?: unknown): string =>
  `${JSON.stringify({ TS, TP, W, V })}\n`
const cert = ['system', 'certificateFilePath']
const key = ['system', 'privateKeyPath']
const owner = { mode: 0o600, uid: 0, gid: 0 }

function rootWith(files: { tlog?: string; effective?: string }): SimulatedDisk {
  const disk = new SimulatedDisk()
  makeFolders(disk, '/gg/config')
  if (files.tlog !== undefined) disk.create('/gg/config/config.tlog', Buffer.from(files.tlog), owner)
  if (files.effective !== undefined)
    disk.create('/gg/config/effectiveConfig.yaml', Buffer.from(files.effective), owner)
  return disk
}

describe('the root folder', () => {
  test('is above the work folder that a component runs in, whatever its own path is', () => {
    expect(findRoot('/greengrass/v2/work/aws.greengrass.labs.CertificateRotator')).toBe('/greengrass/v2')
    expect(findRoot('/home/work/gg/work/component')).toBe('/home/work/gg')
    expect(findRoot('/home/me')).toBeUndefined()
  })
})

describe('the transaction log', () => {
  test('the newest change counts, and the last of equal ones', () => {
    const log =
      line(5, cert, 'changed', '/new') +
      line(3, cert, 'changed', '/late') +
      line(5, ['SYSTEM', 'CERTIFICATEFILEPATH'], 'changed', '/last') +
      line(4, key, 'changed', '/key')
    expect(readTransactionLog(log, pathSettings)).toEqual({
      certificateFilePath: '/last',
      privateKeyPath: '/key',
    })
  })

  test('what is removed, or is no scalar, is known to be gone', () => {
    const both = line(1, cert, 'changed', '/c') + line(1, key, 'changed', '/k')
    expect(readTransactionLog(both + line(2, ['system'], 'removed'), pathSettings)).toEqual({
      certificateFilePath: null,
      privateKeyPath: null,
    })
    const onlyKey = { certificateFilePath: null, privateKeyPath: '/k' }
    expect(readTransactionLog(both + line(2, cert, 'removed'), pathSettings)).toEqual(onlyKey)
    expect(readTransactionLog(both + line(2, cert, 'changed', [7]), pathSettings)).toEqual(onlyKey)
  })

  test('other lines change nothing', () => {
    const log = [
      line(1, cert, 'changed', '/c'),
      line(2, cert, 'timestampUpdated', '/x'),
      line(2, [...cert, 'deeper'], 'changed', '/x'),
      line(2, ['system'], 'changed', '/x'),
      line(2, [], 'removed'),
      line(2, 'system', 'changed', '/x'),
      line(2, ['system', 7], 'changed', '/x'),
      line(2, ['services', 'system'], 'changed', '/x'),
      '{"TS":"2","TP":["system"]}\n',
      '"system" torn\n',
      'null "system"\n',
      '[]',
    ].join('')
    expect(readTransactionLog(log, pathSettings)).toEqual({ certificateFilePath: '/c' })
  })
})

describe('effectiveConfig.yaml', () => {
  const config = (certificateFilePath: unknown) => ({
    services: { other: { configuration: { certificateFilePath: '/no' } } },
    system: { certificateFilePath, privateKeyPath: '/k', rootpath: '/gg' },
    later: { privateKeyPath: '/no' },
  })

  test('is read as a YAML parser reads it, for every path of printable characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), path => {
        for (const options of [
          { lineWidth: 0 },
          { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
          { lineWidth: 0, defaultStringType: 'QUOTE_SINGLE' },
        ] as const) {
          const text = stringify(config(`/${path.replaceAll(/\p{C}/gu, '')}`), options)
          const { certificateFilePath, privateKeyPath } = parse(text).system
          expect(readEffectiveConfig(text, pathSettings)).toEqual({ certificateFilePath, privateKeyPath })
        }
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['no system', 'services:\n  a: 1\n'],
    ['an empty path', 'system:\n  certificateFilePath: \n'],
    ['null', 'system:\n  certificateFilePath: null\n'],
    ['a list', 'system:\n  certificateFilePath: [a]\n'],
    ['an unfinished quotation', 'system:\n  certificateFilePath: "/a\n    b"\n'],
    ['a value that goes on below', 'system:\n  certificateFilePath: /a\n    b\n'],
    ['a value that goes on after a blank line', 'system:\n  certificateFilePath: /a\n\n   b: c\n'],
    ['an escape that JSON lacks', 'system:\n  certificateFilePath: "\\x41"\n'],
  ])('%s gives nothing', (_name, text) => {
    expect(readEffectiveConfig(text, pathSettings)).toEqual({})
  })

  test('comments are passed over', () => {
    expect(
      readEffectiveConfig(
        'system: # the device\n# more\n  certificateFilePath: /c # here\n    # below\n',
        pathSettings,
      ),
    ).toEqual({
      certificateFilePath: '/c',
    })
  })
})

describe('the configured identity', () => {
  const good = line(1, cert, 'changed', '/gg/c.pem') + line(1, key, 'changed', 'file:///gg/k%20y.pem')

  test('is found in the transaction log where effectiveConfig.yaml has it empty, as after fleet provisioning', () => {
    const effective = 'system:\n  certificateFilePath: ""\n  privateKeyPath: ""\n'
    expect(locateIdentity(rootWith({ tlog: good, effective }), '/gg')).toEqual({
      ok: true,
      store: 'files',
      certificatePath: '/gg/c.pem',
      keyPath: '/gg/k y.pem',
    })
  })

  test('is found in effectiveConfig.yaml where the transaction log lacks it', () => {
    const effective =
      'system:\n  certificateFilePath: /gg/c.pem\n  privateKeyPath: file:/gg/k.pem\n  rootpath: 7\n'
    const found = { ok: true, store: 'files', certificatePath: '/gg/c.pem', keyPath: '/gg/k.pem' }
    expect(locateIdentity(rootWith({ effective }), '/gg')).toEqual(found)
    expect(locateIdentity(rootWith({ tlog: line(1, cert, 'changed', ''), effective }), '/gg')).toEqual(found)
  })

  test.each([
    [
      'no configuration at all',
      {},
      /no certificateFilePath: it stands in none of .*config\.tlog, .*effectiveConfig/u,
    ],
    ['a configuration that is no YAML', { effective: '{' }, /no certificateFilePath/u],
    ['a certificate alone', { tlog: line(1, cert, 'changed', '/c') }, /no privateKeyPath/u],
    [
      'a relative path',
      { tlog: line(1, cert, 'changed', 'certs/c.pem') + line(1, key, 'changed', '/k') },
      /certificateFilePath .* relative path \(certs\/c\.pem\).*Give the whole path/u,
    ],
    [
      'a relative file URI',
      { tlog: line(1, cert, 'changed', '/c') + line(1, key, 'changed', 'file:k.pem') },
      /privateKeyPath .* relative path/u,
    ],
    [
      'a file URI of another machine',
      { tlog: line(1, cert, 'changed', 'file://there/c.pem') + line(1, key, 'changed', '/k') },
      /no file URI/u,
    ],
    [
      'a key in an HSM and its certificate in a file',
      {
        tlog:
          line(1, cert, 'changed', '/c') +
          line(1, key, 'changed', 'pkcs11:object=device;type=private;pin-value=1234'),
      },
      /^(?!.*1234).*one of certificate and key in an HSM.*both/u,
    ],
    [
      'a certificate and a key of different labels',
      {
        tlog:
          line(1, cert, 'changed', 'pkcs11:object=device') + line(1, key, 'changed', 'pkcs11:object=other'),
      },
      /different labels/u,
    ],
    ...[
      'pkcs11:type=cert;pin-value=1234',
      'pkcs11:object=;pin-value=1234',
      'pkcs11:object=a;object=b?pin-value=1234',
      'pkcs11:object=%zz;pin-value=1234',
      'pkcs11:?object=device&pin-value=1234',
    ].map((uri): [string, object, RegExp] => [
      uri,
      { tlog: line(1, cert, 'changed', uri) + line(1, key, 'changed', 'pkcs11:object=device') },
      /^(?!.*1234).*without one object.*pkcs11:object=<label>/u,
    ]),
    [
      'an object of the key that is missing',
      { tlog: line(1, cert, 'changed', 'pkcs11:object=device') + line(1, key, 'changed', 'pkcs11:') },
      /without one object/u,
    ],
  ])('%s is explained', (_name, files, problem) => {
    expect(locateIdentity(rootWith(files), '/gg')).toEqual({
      ok: false,
      problem: expect.stringMatching(problem),
    })
  })

  test.each([
    ['pkcs11:object=device;type=cert', 'pkcs11:object=device;type=private'],
    ['PKCS11:object=device?pin-value=1234', 'pkcs11:pin-value=1234;object=device'],
    ['pkcs11:token=t; object = device ;type=cert', 'pkcs11:object=%64evice'],
  ])('in an HSM is known by its one label: %s, %s', (certificate, privateKey) => {
    const tlog = line(1, cert, 'changed', certificate) + line(1, key, 'changed', privateKey)
    expect(locateIdentity(rootWith({ tlog }), '/gg')).toEqual({ ok: true, store: 'pkcs11', label: 'device' })
  })

  test('of Nucleus Lite is found in its configuration and what adds to it', () => {
    const disk = new SimulatedDisk()
    makeFolders(disk, '/var/lib/greengrass')
    makeFolders(disk, '/etc/greengrass')
    expect(locateIdentity(disk, '/var/lib/greengrass')).toMatchObject({
      problem: expect.stringContaining('/var/lib/greengrass/config/config.tlog'),
    })
    const main =
      'system:\n  certificateFilePath: /c\n  privateKeyPath: /old\n  rootPath: /var/lib/greengrass\n'
    disk.create('/etc/greengrass/config.yaml', Buffer.from(main), owner)
    expect(locateIdentity(disk, '/var/lib/greengrass')).toMatchObject({
      certificatePath: '/c',
      keyPath: '/old',
    })
    makeFolders(disk, '/etc/greengrass/config.d')
    for (const [name, text] of [
      ['20', 'system:\n  privateKeyPath: /new\n'],
      [
        '10',
        "system:\n  privateKeyPath: /between\nservices:\n  aws.greengrass.NucleusLite:\n    configuration:\n      iotDataEndpoint: 'data'\n",
      ],
    ] as const) {
      disk.create(`/etc/greengrass/config.d/${name}`, Buffer.from(text), owner)
    }
    // What is no file, or leads nowhere, adds nothing and stops nothing.
    makeFolders(disk, '/etc/greengrass/config.d/30')
    disk.link('/nowhere', '/etc/greengrass/config.d/40')
    expect(locateIdentity(disk, '/var/lib/greengrass')).toMatchObject({
      certificatePath: '/c',
      keyPath: '/new',
    })
    expect(readCloudSettings(disk, '/var/lib/greengrass')).toMatchObject({
      ok: true,
      settings: { dataEndpoint: 'data', mqttPort: 8883 },
    })
    disk.overwrite('/etc/greengrass/config.yaml', Buffer.from('system:\n'))
    expect(locateIdentity(disk, '/var/lib/greengrass')).toMatchObject({
      problem: expect.stringContaining('none of /etc/greengrass/config.yaml, /etc/greengrass/config.d/10'),
    })
  })

  test('a fault of ours is not taken for a missing file', () => {
    const disk = rootWith({})
    disk.read = () => {
      throw new TypeError('a bug')
    }
    expect(() => locateIdentity(disk, '/gg')).toThrow(TypeError)
  })
})
