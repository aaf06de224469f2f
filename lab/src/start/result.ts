import type { Algorithms } from '@rotator/protocol/algorithms'
import Table from 'cli-table3'

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

export interface Result {
  ok: boolean
  devices: DeviceResult[]
}

export function resultTable(devices: readonly DeviceResult[]): string {
  const table = new Table({
    head: ['thing', 'old → new certificate', 'store', 'algorithm', 'rotation', 'offline', 'power cut', 'ok'],
    style: { head: [], border: [] },
  })
  for (const device of devices) {
    table.push([
      device.thingName,
      `${short(device.oldCertificateId)} → ${short(device.newCertificateId)}`,
      device.store,
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
