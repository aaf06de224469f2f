import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { IdentityFiles, KeyType } from './identities.ts'

/** A broker as a process of its own. */
export interface RunningBroker {
  port: number
  stop(): Promise<void>
}

const mosquittoPath = '/usr/sbin/mosquitto'

export async function startMosquitto(folder: string, files: IdentityFiles): Promise<RunningBroker> {
  if (!existsSync(mosquittoPath)) {
    throw new Error(
      'This benchmark compares with mosquitto. Install it as root: apt-get install -y mosquitto',
    )
  }
  const port = await freePort()
  const configuration = join(folder, 'mosquitto.conf')
  writeFileSync(
    configuration,
    [
      `listener ${port} 127.0.0.1`,
      `cafile ${files.ca}`,
      `certfile ${files.server.certificate}`,
      `keyfile ${files.server.key}`,
      'require_certificate true',
      'allow_anonymous true',
      'max_queued_messages 0',
      'set_tcp_nodelay true',
      'user root',
    ].join('\n'),
  )
  const child = spawn(mosquittoPath, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', line => {
      if (line.includes('running')) resolve()
    })
    child.once('exit', code => reject(new Error(`mosquitto ended with ${code}.`)))
  })
  return { port, stop: async () => stop(child) }
}

export async function startLocalBroker(
  folder: string,
  keyType: KeyType,
  files: IdentityFiles,
): Promise<RunningBroker> {
  const entry = fileURLToPath(new URL('local-broker-main.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, join(folder, 'cloud'), keyType, files.client.certificate], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { port } = JSON.parse(line) as { port: number }
  return { port, stop: async () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
