import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bindingTargets } from '@rotator/component/artifact/binding-targets'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { softhsmFiles, tpmFiles } from '../tokens/token-programs.ts'
import { processesWith } from '../whole/processes.ts'
import { until } from '../whole/rotation.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { isSkippedWithoutRoot } from './root-only.ts'

const entry = fileURLToPath(new URL('../start/main.ts', import.meta.url))

let folder: string
let temporary: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  temporary = join(folder, 'temporary')
  mkdirSync(temporary)
})

/** What a test that fails leaves running ends itself, with all that it has started. */
const stops: (() => Promise<unknown>)[] = []

afterEach(async ({ task }) => {
  await Promise.all(stops.splice(0).map(async stop => stop()))
  // It holds the logs of a run that has failed.
  if (task.result?.state !== 'fail') rmSync(folder, { recursive: true, force: true })
})

/** What is left of a run, when it is over: processes that were started by it, or that know its folder, and files. */
const leftOver = () => [...processesWith(temporary), ...readdirSync(temporary)]

function begin(command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => (output += String(piece)))
  const ended = once(child, 'close').then(([code]) => ({ code, output }))
  const interrupt = () => {
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGINT')
    return ended
  }
  stops.push(interrupt)
  return { ended, output: () => output, interrupt }
}

const start = (flags: string) => begin(process.execPath, [entry, ...flags.split(' ')])

interface ReportedDevice {
  store: string
  ok: boolean
  powerCut: boolean
  keyAlgorithm: string
}

describe('npm start', { timeout: 180_000 }, () => {
  test.for([
    {
      args: '--devices 4 --hsm 2',
      stores: ['file', 'file', 'pkcs11', 'pkcs11'],
      shown: ['SoftHSM2'],
    },
    {
      args: '--devices 4 --hsm 2 --tpm 1 --key-algorithm ECDSA-P384',
      stores: ['file', 'pkcs11', 'pkcs11', 'pkcs11'],
      algorithm: 'ECDSA-P384',
      shown: ['SoftHSM2', 'TPM 2.0', '(the key of core-04 never left its TPM)'],
    },
    {
      args: '--devices 2 --hsm 1 --issuer private-ca',
      stores: ['file', 'pkcs11'],
      shown: ['AWS Private CA has issued each new certificate.'],
    },
  ])(
    '$args rotates them all side by side, cuts the last one’s power, and leaves nothing behind',
    async ({ args, stores, shown, algorithm = 'RSA-2048' }) => {
      const json = join(folder, 'result.json')
      const { code, output } = await start(`${args} --json ${json}`).ended
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringContaining('Each new identity is accepted'),
      })
      const result = JSON.parse(readFileSync(json, 'utf8')) as { ok: boolean; devices: ReportedDevice[] }
      expect(result.ok).toBe(true)
      expect(result.devices.map(({ store }) => store)).toEqual(stores)
      expect(result.devices.map(({ powerCut }) => powerCut)).toEqual(
        stores.map((_, n) => n === stores.length - 1),
      )
      expect(result.devices.filter(({ ok }) => !ok)).toEqual([])
      expect(new Set(result.devices.map(({ keyAlgorithm }) => keyAlgorithm))).toEqual(new Set([algorithm]))
      for (const text of shown) expect(output).toContain(text)
      expect(leftOver()).toEqual([])
    },
  )

  test.skipIf(isSkippedWithoutRoot()).for([
    { ...softhsmFiles.library, args: '--hsm 1' },
    { ...tpmFiles.resourceManager, args: '--tpm 1' },
  ])(
    '$args without the Debian package $package names it and the command that installs it, and starts nothing',
    async ({ path, package: name, args }) => {
      // For the run alone, an empty folder lies over the one that holds the file.
      const hidden = ['--mount', '/bin/sh', '-c', 'mount -t tmpfs none "$0" && exec "$@"', dirname(path)]
      const command = [process.execPath, entry, '--devices', '2', ...args.split(' ')]
      const { code, output } = await begin('/usr/bin/unshare', [...hidden, ...command]).ended
      expect(code).toBe(1)
      expect(output).toContain(`A run with --hsm or --tpm needs ${path}.`)
      expect(output).toContain(`apt-get install -y --no-install-recommends ${name}\n`)
      expect(output).not.toContain('Building')
      expect(leftOver()).toEqual([])
    },
  )

  test.skipIf(isSkippedWithoutRoot())(
    'without devices that have a token, no compiler, no compiled file and no library of tokens is needed',
    async () => {
      const compiled = join(repositoryRoot, 'build', 'bindings')
      mkdirSync(compiled, { recursive: true })
      const compilers = bindingTargets(process.arch).map(({ compiler }) => `/usr/bin/${compiler}`)
      const hide = [
        ...[compiled, dirname(softhsmFiles.library.path)].map(path => `mount -t tmpfs none ${path}`),
        ...[...compilers, softhsmFiles.tool.path].map(path => `mount --bind /dev/null ${path}`),
        'exec "$0" "$@"',
      ]
      const command = [process.execPath, entry, '--devices', '1']
      const run = begin('/usr/bin/unshare', ['--mount', '/bin/sh', '-c', hide.join(' && '), ...command])
      const { code, output } = await run.ended
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringContaining('Each new identity is accepted'),
      })
    },
  )

  test.for(['Manufacturing', 'installs the new certificate'])(
    'Ctrl-C after "%s" ends the TPM too, with its bus and its resource manager',
    async moment => {
      const run = start('--devices 2 --tpm 1')
      await until(`"${moment}" in the output`, run.output, text => text.includes(moment))
      await until(
        'the TPM',
        () => processesWith(temporary),
        all => all.some(each => each.includes('swtpm')),
      )
      expect((await run.interrupt()).code).toBe(130)
      await until('the end of all of it', leftOver, left => left.length === 0, 5_000)
    },
  )
})
