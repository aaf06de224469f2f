import type { Algorithms } from '@rotator/protocol/algorithms'
import Table from 'cli-table3'
import type { Token } from '../tokens/token.ts'
import type { Issuer } from './options.ts'

/** One device's line of the result; the JSON file has exactly these fields. */
export interface DeviceResult extends Algorithms {
  thingName: string
  ok: boolean
  oldCertificateId: string
  newCertificateId: string
  store: 'file' | 'pkcs11'
  /** From IN_PROGRESS to SUCCEEDED, as recorded by Jobs. */
  rotationMs: number
  /** From the last disconnect with OLD to the first CONNACK with NEW. */
  offlineMs: number
  powerCut: boolean
}

/** What is shown of a device besides. */
export interface ShownResult extends DeviceResult {
  /** What holds its key; undefined where that is a file. */
  token: Token['kind'] | undefined
  problems: readonly string[]
}

export function resultTable(devices: readonly ShownResult[]): string {
  const table = new Table({
    head: ['thing', 'old → new certificate', 'store', 'algorithm', 'rotation', 'offline', 'power cut', 'ok'],
    style: { head: [], border: [] },
  })
  for (const device of devices) {
    table.push([
      device.thingName,
      `${short(device.oldCertificateId)} → ${short(device.newCertificateId)}`,
      device.token === undefined ? device.store : `${device.store} (${device.token})`,
      device.keyAlgorithm,
      seconds(device.rotationMs),
      seconds(device.offlineMs),
      device.powerCut ? 'yes' : '',
      device.ok ? 'yes' : 'NO',
    ])
  }
  return table.toString()
}

const short = (certificateId: string): string => (certificateId === '' ? '-' : certificateId.slice(0, 8))
const seconds = (ms: number): string => (ms > 0 ? `${(ms / 1000).toFixed(1)} s` : '-')

/** What the table does not say: what was wrong, or what was shown. */
export function conclusion(devices: readonly ShownResult[], issuer: Issuer): string {
  const problems = devices.flatMap(({ thingName, problems: all }) =>
    all.map(text => `${thingName}: ${text}\n`),
  )
  if (problems.length > 0) return problems.join('')
  return `${[
    `Each new identity is accepted by the endpoint; each old one is ${fateOfOld(devices)}.`,
    ...(issuer === 'private-ca' ? ['AWS Private CA has issued each new certificate.'] : []),
  ].join('\n')}\n`
}

/** A key that a TPM made, and has destroyed, is shown to be of no use by the registry alone. */
function fateOfOld(devices: readonly ShownResult[]): string {
  const untried = devices.filter(({ token }) => token === 'TPM 2.0').map(({ thingName }) => thingName)
  return untried.length === 0
    ? 'refused and gone from the registry'
    : `gone from the registry and, where anybody could try it, refused (the key of ${untried.join(', ')} never left its TPM)`
}

/** The file that `--json` asks for. */
export function resultJson(devices: readonly ShownResult[]): string {
  const plain = devices.map(({ problems: _problems, token: _token, ...device }) => device)
  return `${JSON.stringify({ ok: plain.every(({ ok }) => ok), devices: plain }, undefined, 2)}\n`
}
