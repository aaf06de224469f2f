import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeFileSystem } from '@rotator/component/identities/files/node-file-system'
import { attempt } from '@rotator/component/probe/attempt'
import { systemTimers } from '@rotator/component/timers'
import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { describe } from 'vitest'
import { programs } from './debian-packages.ts'
import { openssl } from './openssl-command.ts'
import { test } from './outside-test.ts'

/** A self-signed certificate and its key, as files of a folder. */
async function selfSigned(
  folder: string,
  name: string,
): Promise<{ certificatePath: string; keyPath: string }> {
  const [certificatePath, keyPath] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
  await openssl('req', ...made, '-keyout', keyPath, '-out', certificatePath)
  return { certificatePath, keyPath }
}

/** OpenSSL's own server, which verifies clients in the handshake as AWS IoT's endpoint does. */
async function startServer(args: readonly string[]): Promise<{ port: number; server: ChildProcess }> {
  const server = spawn(programs.openssl.path, ['s_server', '-accept', '0', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const port = await new Promise<number>(resolve => {
    let text = ''
    server.stdout.on('data', piece => {
      text += String(piece)
      const found = /^ACCEPT \S*:(\d+)$/mu.exec(text)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
  })
  return { port, server }
}

describe.for(['-tls1_2', '-tls1_3'])('a server of OpenSSL with %s', version => {
  test('openssl: the alert by which it refuses a certificate is taken for a refusal', async ({
    world,
    expect,
    onTestFinished,
  }) => {
    const root = join(world.folder, `openssl${version}`)
    mkdirSync(join(root, 'config'), { recursive: true })
    const shown = await selfSigned(root, 'localhost')
    const paths = await selfSigned(root, 'device')
    const strict = ['-CAfile', shown.certificatePath, '-Verify', '1', '-verify_return_error']
    const own = ['-cert', shown.certificatePath, '-key', shown.keyPath]
    const { port, server } = await startServer([...own, ...strict, version])
    onTestFinished(() => void server.kill())
    writeFileSync(
      join(root, 'config', 'effectiveConfig.yaml'),
      [
        'system:',
        `  rootCaPath: "${shown.certificatePath}"`,
        'services:',
        '  aws.greengrass.Nucleus:',
        '    configuration:',
        '      iotDataEndpoint: "localhost"',
        '      mqtt:',
        `        port: ${port}`,
        '',
      ].join('\n'),
    )
    const thingName = v.parse(thingNameSchema, 'thing')
    const { mqtt } = await attempt(nodeFileSystem, systemTimers, { root, thingName, paths, slot: 'current' })
    expect(mqtt).toEqual({
      outcome: 'refused',
      why: 'the endpoint ended TLS with the alert unknown ca',
    })
  })
})
