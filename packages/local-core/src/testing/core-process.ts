import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { requestControl } from '../control/control-client.ts'
import { cutPower } from '../lifecycle/process-group.ts'
import { provisionCore } from '../provision/provision-core.ts'
import type { RootLayout } from '../provision/root-layout.ts'
import type { FakeBroker } from './fake-broker.ts'
import type { TestAuthority, TestIdentity } from './test-certificates.ts'

export const fixtureComponent = 'test.Fixture'
export type EventLine = { readonly event: string; readonly at: number } & Readonly<Record<string, unknown>>

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'local-core-'))
}

/** A recipe of the fixture component; what it may do is in its access control. */
export function fixtureRecipe(version = '1.0.0', runScript?: string): string {
  const run = runScript ?? `exec '${process.execPath}' "{artifacts:decompressedPath}/fixture/component.ts"`
  return JSON.stringify({
    RecipeFormatVersion: '2020-01-25',
    ComponentName: fixtureComponent,
    ComponentVersion: version,
    ComponentConfiguration: {
      DefaultConfiguration: {
        keyAlgorithm: 'RSA-2048',
        nested: { depth: { value: 1 } },
        accessControl: {
          'aws.greengrass.ipc.mqttproxy': {
            'test:1': {
              operations: ['aws.greengrass#PublishToIoTCore'],
              resources: ['$aws/things/{iot:thingName}/jobs/+/update', 'open/*'],
            },
            'test:2': {
              operations: ['aws.greengrass#SubscribeToIoTCore'],
              resources: ['$aws/things/{iot:thingName}/jobs/+/update/accepted', 'open/*'],
            },
          },
        },
      },
    },
    Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { Run: { Script: run, RequiresPrivilege: true } } }],
  })
}

export interface FixtureOptions {
  readonly root: string
  readonly thingName: string
  readonly identity: TestIdentity
  readonly authority: TestAuthority
  readonly broker: Pick<FakeBroker, 'port'>
  readonly runScript?: string
  readonly mqtt?: { readonly [key: string]: string | number }
}

export function provisionFixture(options: FixtureOptions): RootLayout {
  const { root, identity } = options
  return provisionCore({
    root,
    thingName: options.thingName,
    certificate: { pathValue: join(root, 'device.pem.crt'), pem: identity.certificatePem },
    privateKey: { pathValue: `file://${join(root, 'private.pem.key')}`, pem: identity.privateKeyPem },
    rootCa: { pathValue: join(root, 'AmazonRootCA1.pem'), pem: options.authority.caPem },
    awsRegion: 'eu-west-1',
    iotDataEndpoint: 'localhost',
    nucleusVersion: '2.15.0',
    nucleusConfiguration: {
      interpolateComponentConfiguration: true,
      mqtt: { port: options.broker.port, ...options.mqtt },
    },
    components: [
      {
        recipe: fixtureRecipe('1.0.0', options.runScript),
        artifactFolder: fileURLToPath(new URL('fixture', import.meta.url)),
      },
    ],
    emptyPathsInEffectiveConfig: false,
    nowMs: 1_700_000_000_000,
  })
}

/** A core in a process of its own. */
export interface CoreProcess {
  readonly child: ChildProcess
  readonly events: EventLine[]
  /** The first event, past the first `after` ones, that fits. */
  readonly waitFor: (fits: (event: EventLine) => boolean, after?: number) => Promise<EventLine>
  readonly request: (request: object) => Promise<unknown>
  readonly cutPower: () => Promise<void>
  readonly stop: () => Promise<void>
}

export function startCoreProcess(layout: RootLayout): CoreProcess {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--root', layout.root, '--fast'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events: EventLine[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', line => {
    events.push(JSON.parse(line) as EventLine)
    for (const check of waiting) check()
  })
  const exited = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
  })
  return {
    child,
    events,
    waitFor: (fits, after = 0) =>
      new Promise(resolve => {
        const check = () => {
          const found = events.slice(after).find(fits)
          if (found === undefined) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
    request: request => requestControl(layout.controlSocket, request),
    cutPower: async () => {
      cutPower(child.pid ?? 0, layout.processGroupsFile)
      await exited
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}

export interface FixtureStart {
  readonly authToken: string
  readonly thingName: string
  readonly socketPath: string
  readonly folder: string
  readonly pid: number
  readonly grandchildPid: number
}

/** What the fixture noted of its starts, once there are `count`. */
export async function fixtureStarts(layout: RootLayout, count: number): Promise<FixtureStart[]> {
  const file = join(layout.workFolder(fixtureComponent), 'starts.jsonl')
  const read = () =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(line => line !== '')
      : []
  const lines = await untilChanged(layout, () => (read().length >= count ? read() : undefined))
  return lines.map(line => JSON.parse(line) as FixtureStart)
}

/** Gives the fixture a command and answers what came of it. */
export async function commandFixture(layout: RootLayout, command: string) {
  const folder = layout.workFolder(fixtureComponent)
  rmSync(join(folder, 'answer'), { force: true })
  writeFileSync(join(folder, 'command'), command)
  const file = join(folder, 'answer')
  const text = await untilChanged(layout, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined))
  return JSON.parse(text) as { exitCode: number; stdout: string; stderr: string }
}

function untilChanged<T>(layout: RootLayout, read: () => T | undefined): Promise<T> {
  return new Promise(resolve => {
    const watcher = watch(layout.workFolder(fixtureComponent), check)
    function check() {
      const value = read()
      if (value === undefined) return
      watcher.close()
      resolve(value)
    }
    check()
  })
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
