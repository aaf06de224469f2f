import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fired } from '@rotator/component/testing/fired'
import { mergeChanges } from '@rotator/local-core/config/config-merge'
import { createConfigTree } from '@rotator/local-core/config/config-tree'
import {
  type DeviceSettings,
  nucleusConfigPath,
  readDeviceSettings,
} from '@rotator/local-core/config/device-settings'
import { loadCrt } from '@rotator/local-core/mqtt/crt-library'
import { type HeldIdentity, readDeviceIdentity } from '@rotator/local-core/mqtt/device-identity'
import { type NetworkLink, openNetworkLink } from '@rotator/local-core/mqtt/network-link'
import { openInOwnProcess } from '@rotator/local-core/mqtt/own-process/own-process'
import { pkcs11ProviderName } from '@rotator/local-core/pkcs11/pkcs11-provider'
import {
  type ContractCloud,
  cloudAtBroker,
  cloudConnectionContract,
} from '@rotator/local-core/testing/cloud-connection-contract'
import {
  type FakeBroker,
  type FakeBrokerClient,
  startFakeBroker,
} from '@rotator/local-core/testing/fake-broker'
import { createTestAuthority, type TestAuthority } from '@rotator/local-core/testing/test-certificates'
import { fastTimings } from '@rotator/local-core/timings'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { pkcs11ToolIn } from '../tokens/pkcs11-tool.ts'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import type { Token } from '../tokens/token.ts'
import { makeTpm } from '../tokens/tpm.ts'

const thingName = 'T'
const wrongPin = 'wrong-pin-0815'

/** Both makers of tokens with both families; what a nucleus does with either goes another way through the token. */
const identities = [
  { kind: 'SoftHSM2', make: makeSoftHsm, keyType: 'rsa:2048', family: 'RSA' },
  { kind: 'SoftHSM2', make: makeSoftHsm, keyType: 'EC:prime256v1', family: 'EC' },
  { kind: 'a TPM', make: makeTpm, keyType: 'rsa:2048', family: 'RSA' },
  { kind: 'a TPM', make: makeTpm, keyType: 'EC:prime256v1', family: 'EC' },
] as const

/** A pair made in the token by a foreign program, and a certificate beside it; both bear the label. */
async function putIdentity(token: Token, keyType: string, label: string, authority: TestAuthority) {
  const folder = mkdtempSync(join(tmpdir(), 'token-identity-'))
  const name = ['--label', label, '--id', '01']
  pkcs11ToolIn(token, ['--keypairgen', '--key-type', keyType, '--usage-sign', ...name])
  const key = pkcs11ToolIn(token, ['--read-object', '--type', 'pubkey', '--label', label])
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
  const file = join(folder, 'certificate')
  writeFileSync(file, new X509Certificate(await authority.certify(thingName, publicKey)).raw)
  pkcs11ToolIn(token, ['--write-object', file, '--type', 'cert', ...name])
  rmSync(folder, { recursive: true })
}

/** What a nucleus reads that is configured with this token, as its operator writes it. */
function settingsFor({ library, slot, userPin }: Token, port: number, rootCaPath: string): DeviceSettings {
  const paths = {
    certificateFilePath: 'pkcs11:object=gg;type=cert',
    privateKeyPath: 'pkcs11:object=gg;type=private',
  }
  const provider = ['services', pkcs11ProviderName, 'configuration']
  const tree = createConfigTree([
    ...mergeChanges(['system'], { thingName, rootCaPath, ...paths }, 1),
    ...mergeChanges(nucleusConfigPath, { iotDataEndpoint: 'localhost', mqtt: { port } }, 1),
    ...mergeChanges(provider, { name: 'gg', library, slot, userPin }, 1),
  ])
  return readDeviceSettings(tree)
}

describe.each(identities)('AWS’s library with an $family key in $kind', ({ make, keyType, family }) => {
  let folder: string
  let token: Token
  let authority: TestAuthority
  let broker: FakeBroker
  let network: NetworkLink
  let settings: DeviceSettings
  let contract: ContractCloud

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'token-connection-'))
    token = await make(join(folder, 'token'))
    // The connection's process and the look at the token have this one's environment.
    Object.assign(process.env, token.environment)
    authority = await createTestAuthority()
    await putIdentity(token, keyType, 'gg', authority)
    broker = await startFakeBroker(authority)
    network = await openNetworkLink()
    const rootCaFile = join(folder, 'ca.pem')
    writeFileSync(rootCaFile, authority.caPem)
    settings = settingsFor(token, broker.port, rootCaFile)
    const options = { crt: await loadCrt(), settings: () => settings, timings: fastTimings, network }
    contract = cloudAtBroker(options, broker)
  })

  afterEach(() => network.set('online'))

  afterAll(async () => {
    await network.close()
    await broker.close()
    await token.close()
    rmSync(folder, { recursive: true })
  })

  cloudConnectionContract(() => contract)

  /** Opens one by AWS's library itself, without the local core's look at the token before. */
  async function attempt(change: (identity: HeldIdentity) => Partial<HeldIdentity>): Promise<Attempt> {
    const identity = readDeviceIdentity(settings)
    if (identity.kind === 'files') throw new Error('The identity is not in the token.')
    const proxyPort = network.leaveBy(undefined)
    const changed = { ...identity, ...change(identity) }
    const opening = { settings, timings: fastTimings, proxyPort, clientId: 'T', resumeSession: false }
    const outcome = Promise.withResolvers<string>()
    const connection = openInOwnProcess(
      { ...opening, identity: changed },
      () => ({ ...opening, identity: changed }),
      {
        connected: () => outcome.resolve('connected'),
        disconnected: outcome.resolve,
        failed: outcome.resolve,
        message: () => {},
      },
    )
    return { outcome: await outcome.promise, clients: broker.clients(), stop: connection.stop }
  }

  test('TLS 1.2 is spoken, with the key that the token made', async () => {
    const { outcome, clients, stop } = await attempt(() => ({}))
    expect(outcome).toBe('connected')
    const [{ socket } = { socket: undefined }] = clients
    expect(socket?.getProtocol()).toBe('TLSv1.2')
    const publicKey = pkcs11ToolIn(token, ['--read-object', '--type', 'pubkey', '--label', 'gg'])
    const shown = socket?.getPeerX509Certificate()?.publicKey
    expect(shown?.asymmetricKeyType).toBe(family.toLowerCase())
    expect(shown?.export({ type: 'spki', format: 'der' })).toEqual(publicKey)
    await stop()
  })

  test('another key’s certificate connects nobody, so that whoever connects has proven to hold the key', async () => {
    const before = broker.connects.length
    const { publicKey } =
      family === 'RSA'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const certificatePem = await authority.certify(thingName, publicKey)
    const { outcome, stop } = await attempt(() => ({ certificatePem }))
    expect(outcome).toMatch(/AWS_IO_TLS_ERROR|AWS_IO_SOCKET_CLOSED|AWS_ERROR_MQTT/u)
    expect(broker.connects).toHaveLength(before)
    await stop()
  })

  test('A6: a wrong PIN ends the attempt with the name of the refusal, and is not told', async ({ task }) => {
    const { outcome, stop } = await attempt(({ provider }) => ({
      provider: { ...provider, userPin: wrongPin },
    }))
    fired(task)
    expect(outcome).toContain('AWS_ERROR_PKCS11_CKR_PIN_INCORRECT')
    expect(outcome).not.toContain(wrongPin)
    await stop()
  })
})

interface Attempt {
  /** Or why it is not connected. */
  outcome: string
  /** As the broker saw them at that moment. */
  clients: readonly FakeBrokerClient[]
  stop: () => Promise<void>
}
