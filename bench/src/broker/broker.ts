import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { median } from '../median.ts'
import { startLocalBroker, startMosquitto } from './brokers.ts'
import { type KeyType, makeIdentities } from './identities.ts'
import { connectsPerSecond, messagesPerSecond } from './load.ts'

const rounds = 9
const measures = [
  { name: 'mTLS connects/s', measure: connectsPerSecond, atLeast: 1.0 },
  { name: 'messages/s', measure: messagesPerSecond, atLeast: 0.3 },
] as const

/** The local cloud's broker beside mosquitto: the same client, the same keys, taking turns in one run. */
export async function broker(write: (text: string) => void): Promise<void> {
  for (const keyType of ['P-256', 'RSA-2048'] as const) await compare(keyType, write)
}

async function compare(keyType: KeyType, write: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-broker-'))
  const files = await makeIdentities(folder, keyType)
  const mosquitto = await startMosquitto(folder, files)
  const local = await startLocalBroker(folder, keyType, files)
  const context = createSecureContext({
    cert: readFileSync(files.client.certificate),
    key: readFileSync(files.client.key),
  })
  try {
    for (const { name, measure, atLeast } of measures) {
      const theirs: number[] = []
      const ours: number[] = []
      const turns = [
        async () => theirs.push(await measure(mosquitto.port, context)),
        async () => ours.push(await measure(local.port, context)),
      ]
      for (const turn of turns) await turn()
      theirs.length = ours.length = 0
      // Whoever goes first has the colder client, so they take turns at that too.
      for (let round = 0; round < rounds; round += 1) {
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
      }
      const times = median(ours) / median(theirs)
      write(
        `${keyType.padEnd(9)} ${name.padEnd(16)} mosquitto ${median(theirs).toFixed(0).padStart(6)}   local cloud ${median(ours).toFixed(0).padStart(6)}   ${times.toFixed(2)} times (at least ${atLeast.toFixed(1)})\n`,
      )
    }
  } finally {
    await Promise.all([mosquitto.stop(), local.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}
