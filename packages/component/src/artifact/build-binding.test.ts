import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { bindingTargets } from './binding-targets.ts'
import { buildBinding, sourcesFolder } from './build-binding.ts'
import { elfMachines, libraryProblem } from './elf.ts'
import { type RunTool, runTool, ToolMissing } from './run-tool.ts'

const newest = [2, 28] as const
const [x64, arm64] = bindingTargets('x64')

function elf({ machine = 62, type = 3, bits = 2, versions = ['GLIBC_2.14'] } = {}) {
  const header = Buffer.alloc(64)
  header.write('\x7fELF', 'latin1')
  header.set([bits, 1], 4)
  header.writeUInt16LE(type, 16)
  header.writeUInt16LE(machine, 18)
  return Buffer.concat([header, Buffer.from(['', ...versions, ''].join('\0'), 'latin1')])
}

describe('a compiled library', () => {
  test.each([
    [
      'for this machine and old C libraries is well',
      elf({ versions: ['GLIBC_2.2.5', 'GLIBC_2.28'] }),
      'nothing',
    ],
    [
      'for another machine is told',
      elf({ machine: elfMachines.aarch64 }),
      'it is for ELF machine 183, not for 62',
    ],
    ['that needs a newer C library than Node is told', elf({ versions: ['GLIBC_2.34'] }), 'GLIBC_2.34'],
    [
      'that needs the C library of the next millennium is told',
      elf({ versions: ['GLIBC_3.0'] }),
      'GLIBC_3.0',
    ],
    ['that is a program is told', elf({ type: 2 }), 'no shared library'],
    ['of 32 bits is told', elf({ bits: 1 }), 'not a 64-bit'],
    ['that is a script is told', Buffer.from('#!/bin/sh\n'), 'no ELF file'],
    ['that is a long text is told', Buffer.alloc(200, 'text'), 'no ELF file'],
  ])('%s', (_what, bytes, problem) => {
    expect(libraryProblem(bytes, elfMachines.x86_64, newest) ?? 'nothing').toContain(problem)
  })
})

describe('building the binding', () => {
  let out: string
  let commands: string[]
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'binding-'))
    commands = []
    onTestFinished(() => {
      rmSync(out, { recursive: true })
    })
  })

  /** A compiler that makes the same file whatever it is given. */
  const making =
    (bytes: Buffer): RunTool =>
    async (command, args) => {
      commands.push(command)
      if (command !== 'npm') writeFileSync(args[args.indexOf('-o') + 1] ?? '', bytes)
    }

  test.each(bindingTargets('x64').map(target => [target.architecture, target] as const))(
    'for %s installs the sources, runs none of their scripts, compiles and checks',
    async (architecture, target) => {
      const file = await buildBinding(target, out, making(elf({ machine: target.machine })))
      expect(basename(file)).toBe(`pkcs11-linux-${architecture}.node`)
      expect(commands).toEqual(['npm', target.compiler])
      expect(existsSync(`${file}.new`)).toBe(false)
      expect(await buildBinding(target, out, making(Buffer.alloc(0)))).toBe(file)
      expect(commands).toHaveLength(2)
    },
  )

  test('a result for another architecture is not taken', async () => {
    if (x64 === undefined || arm64 === undefined) throw new Error('both are built')
    const built = buildBinding(arm64, out, making(elf({ machine: x64.machine })))
    await expect(built).rejects.toThrow('for arm64 is unusable: it is for ELF machine 62, not for 183')
  })

  test('a missing compiler is told with the Debian package that brings it', async () => {
    for (const target of [...bindingTargets('x64'), ...bindingTargets('arm64')]) {
      const run: RunTool = async command => {
        if (command !== 'npm') throw new ToolMissing(command)
      }
      await expect(buildBinding(target, out, run)).rejects.toThrow(
        `apt-get install -y --no-install-recommends ${target.debianPackage}`,
      )
    }
  })

  test('what else goes wrong is told as it is', async () => {
    if (x64 === undefined) throw new Error('it is built')
    const run: RunTool = async command => {
      if (command !== 'npm') throw new Error('main.cpp: no such file')
    }
    await expect(buildBinding(x64, out, run)).rejects.toThrow('main.cpp: no such file')
  })

  test('every source has its integrity in the lock file', () => {
    const lock: { packages: Record<string, { integrity?: string }> } = JSON.parse(
      readFileSync(join(sourcesFolder, 'package-lock.json'), 'utf8'),
    )
    const { '': own, ...packages } = lock.packages
    expect(own).toBeDefined()
    expect(Object.keys(packages)).toEqual(['node_modules/node-api-headers', 'node_modules/pkcs11js'])
    expect(Object.values(packages).every(({ integrity }) => integrity?.startsWith('sha512-'))).toBe(true)
  })
})

describe('a tool', () => {
  test('that does its work is waited for', async () => {
    await expect(runTool(process.execPath, ['-e', ''], tmpdir())).resolves.toBeUndefined()
  })

  test('that fails is told with all that it wrote', async () => {
    const script = "process.stdout.write('said this');process.stderr.write(' and that');process.exitCode=3"
    await expect(runTool(process.execPath, ['-e', script], tmpdir())).rejects.toThrow(
      /ended with 3:\nsaid this and that|ended with 3:\n and thatsaid this/u,
    )
  })

  test('that is not there is told apart', async () => {
    await expect(runTool('/no/such/tool', [], tmpdir())).rejects.toBeInstanceOf(ToolMissing)
  })
})
