import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serviceUnit } from './service-unit.ts'
import { systemdRestart } from './systemd-restart.ts'

let folder: string
let systemctl: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restart-'))
  systemctl = join(folder, 'systemctl')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function script(text: string): void {
  writeFileSync(systemctl, `#!/bin/sh\n${text}\n`)
  chmodSync(systemctl, 0o755)
}

describe('the unit that this process runs in', () => {
  test.each([
    ['cgroup 2', '0::/system.slice/greengrass.service\n', 'greengrass.service'],
    ['a folder inside the unit', '0::/system.slice/my-gg.service/component\n', 'my-gg.service'],
    ['cgroup 1', '2:cpu,cpuacct:/\n1:name=systemd:/system.slice/gg:2.service\n', 'gg:2.service'],
    ["a user's own manager", '0::/user.slice/user-0.slice/user@0.service/app.slice\n', 'greengrass.service'],
    ['a shell', '0::/user.slice/session-1.scope\n', 'greengrass.service'],
    ['nothing', '', 'greengrass.service'],
  ])('by %s', (_name, cgroup, unit) => {
    expect(serviceUnit(cgroup)).toBe(unit)
  })
})

describe('a restart of Greengrass', () => {
  test('is ordered from systemd without waiting for it', async () => {
    script(`echo "$@" > ${folder}/order`)
    await expect(systemdRestart('gg.service', systemctl).request()).resolves.toEqual({ ok: true })
    expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('--no-block restart gg.service\n')
  })

  test('D6: a restart that is refused says why', async () => {
    script('echo "Access denied" >&2; exit 4')
    await expect(systemdRestart('gg.service', systemctl).request()).resolves.toEqual({
      ok: false,
      problem: expect.stringMatching(/gg\.service.*Access denied.*as root/u),
    })
  })

  test('D6: a machine without systemd says so', async () => {
    await expect(systemdRestart('gg.service', join(folder, 'missing')).request()).resolves.toEqual({
      ok: false,
      problem: expect.stringContaining('ENOENT'),
    })
  })

  test('D6: a restart that Node cannot even try to order is told, and no crash', async () => {
    script('')
    await expect(systemdRestart('gg.service', join(systemctl, 'none')).request()).resolves.toEqual({
      ok: false,
      problem: expect.stringContaining('ENOTDIR'),
    })
  })
})
