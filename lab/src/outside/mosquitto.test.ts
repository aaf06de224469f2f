import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { describe, expect } from 'vitest'
import { factoryIdentity } from '../fleet/identity.ts'
import type { World } from '../whole/world.ts'
import {
  type ClientIdentity,
  type IdentityFiles,
  newClientIdentity,
  writeIdentity,
} from './client-identity.ts'
import { programs } from './debian-packages.ts'
import { type Ending, flags, runForeign, startForeign } from './foreign-run.ts'
import { openssl } from './openssl-command.ts'
import { test } from './outside-test.ts'
import { openTlsVersionWitness } from './tls-version-witness.ts'

interface Session {
  version: string
  clientId: string
  port?: number
}

/** What both programs take to connect. `-d` makes them tell each packet. */
function access(world: World, identity: IdentityFiles, session: Session): string[] {
  const { version, clientId, port = world.mqtt.port } = session
  const endpoint = { '-h': world.mqtt.host, '-p': port, '--cafile': world.cloud.rootCaPath }
  const own = { '-i': clientId, '--cert': identity.certificateFile, '--key': identity.privateKeyFile }
  return ['-d', ...flags({ '-V': version, ...endpoint, ...own })]
}

function publish(
  world: World,
  identity: IdentityFiles,
  session: Session & { topic?: string; qos?: number; more?: readonly string[]; environment?: Environment },
): Promise<Ending> {
  const { topic = 'outside/news', qos = 1, more = [], environment = {} } = session
  return runForeign(
    programs.mosquittoPub.path,
    [...access(world, identity, session), ...flags({ '-t': topic, '-q': qos, '-m': 'hello' }), ...more],
    { environment },
  )
}

type Environment = Readonly<Record<string, string>>

/** Into a pipe the programs write whole blocks; of the coreutils, so always there. */
const unbuffered = '/usr/bin/stdbuf'

const accepted = 'received CONNACK (0)'

function expectRefused({ exitCode, stdout, stderr }: Ending): void {
  expect(exitCode).not.toBe(0)
  expect(exitCode).not.toBeNull()
  expect(stdout.toString() + stderr).toContain('sending CONNECT')
  expect(stdout.toString()).not.toContain('CONNACK')
}

describe.for([['mqttv311'], ['mqttv5']] as const)('%s', ([version]) => {
  test.for([[0], [1]] as const)(
    `mosquitto: what is published at QoS %i over ${version} is received by a subscriber`,
    async ([qos], { world, client, expect }) => {
      const topic = `outside/${version}/${qos}`
      const subscriber = startForeign(unbuffered, [
        '-oL',
        programs.mosquittoSub.path,
        ...access(world, client, { version, clientId: `sub-${version}-${qos}` }),
        ...flags({ '-t': 'outside/+/#', '-q': qos, '-C': 1, '-F': 'got %q %r %t %p' }),
      ])
      await subscriber.wrote(`Subscribed (mid: 1): ${qos}`)
      const publisher = await publish(world, client, {
        version,
        clientId: `pub-${version}-${qos}`,
        topic,
        qos,
      })
      expect(publisher.exitCode).toBe(0)
      const { exitCode, stdout } = await subscriber.ended
      expect(exitCode).toBe(0)
      expect(stdout.toString().split('\n')).toContain(`got ${qos} 0 ${topic} hello`)
    },
  )

  test(`mosquitto: a certificate that the registry does not know is refused over ${version}, without CONNACK`, async ({
    world,
  }) => {
    const unknown = await selfSignedIdentity(world)
    expectRefused(await publish(world, unknown, { version, clientId: 'unknown' }))
  })

  test(`mosquitto: a certificate is refused over ${version} once it is INACTIVE, without CONNACK`, async ({
    world,
    expect,
  }) => {
    const client = await newClientIdentity(world, `inactive-${version}`, 'outside/*')
    const session = { version, clientId: `inactive-${version}` }
    expect((await publish(world, client, session)).exitCode).toBe(0)
    await setInactive(world, client)
    expectRefused(await publish(world, client, session))
  })

  test(`mosquitto: a publish that no policy allows ends the connection over ${version}`, async ({
    world,
    client,
    expect,
  }) => {
    const passages: string[] = []
    const stop = world.cloud.services.broker.interfere((passage, deliver) => {
      passages.push(passage.topic)
      deliver()
    })
    const session = { version, clientId: 'forbidden' }
    await publish(world, client, { ...session, topic: 'outside/news' })
    const ending = await publish(world, client, { ...session, topic: 'elsewhere/news' })
    stop()
    expect(ending.stdout.toString()).toContain(accepted)
    expect(ending.stdout.toString()).toContain('sending PUBLISH')
    expect(ending.stdout.toString()).not.toContain('received PUBACK')
    expect(ending.exitCode).not.toBe(0)
    expect(ending.exitCode).not.toBeNull()
    expect(passages).toEqual(['outside/news'])
  })

  test.for([
    ['tlsv1.2', 'TLS 1.2'],
    ['tlsv1.3', 'TLS 1.3'],
  ] as const)(
    `mosquitto: %s carries ${version}, and is what both ends agree on`,
    async ([option, agreed], { world, client, onTestFinished, expect }) => {
      // `--tls-version tlsv1.2` alone means "1.2 or newer", and the two agree on 1.3.
      const environment = option === 'tlsv1.2' ? noNewerThanTls12(world) : {}
      const witness = await openTlsVersionWitness(world.mqtt.port)
      onTestFinished(() => witness.stop())
      const session = { version, clientId: `tls-${version}`, port: witness.port }
      const ending = await publish(world, client, {
        ...session,
        environment,
        more: ['--tls-version', option],
      })
      expect(ending.stdout.toString()).toContain(accepted)
      expect(ending.exitCode).toBe(0)
      expect(witness.versions).toEqual([agreed])
    },
  )
})

/** OpenSSL's own settings for a program that has no option for it. */
function noNewerThanTls12(world: World): Environment {
  const file = join(world.folder, 'tls-1.2.cnf')
  writeFileSync(
    file,
    'openssl_conf=init\n[init]\nssl_conf=ssl\n[ssl]\nsystem_default=limits\n[limits]\nMaxProtocol=TLSv1.2\n',
  )
  return { OPENSSL_CONF: file }
}

/** As whoever makes a certificate for himself, with the subject of a real one. */
async function selfSignedIdentity(world: World): Promise<IdentityFiles> {
  const { privateKeyPem } = await factoryIdentity('AWS IoT Certificate')
  const files = writeIdentity(join(world.folder, 'self-signed'), { certificatePem: '', privateKeyPem })
  const own = { '-key': files.privateKeyFile, '-out': files.certificateFile }
  await openssl('req', '-x509', ...flags({ ...own, '-subj': '/CN=AWS IoT Certificate', '-days': 30 }))
  return files
}

async function setInactive(world: World, { certificateId }: ClientIdentity): Promise<void> {
  await world.clients.iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
}
