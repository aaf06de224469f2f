import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeTimers } from '../testing/fake-timers.ts'
import { fired } from '../testing/fired.ts'
import { settle } from '../testing/simulated-device.ts'
import type { Timers } from '../timers.ts'
import { knownLife } from './known-life.ts'
import { iotcored, liteRestart } from './lite-restart.ts'
import { isOfLite, serviceUnit } from './service-unit.ts'
import { systemdRestart } from './systemd-restart.ts'

let folder: string
let systemctl: string

const atOnce: Timers = {
  now: () => 0,
  after: (_delayMs, task) => {
    task()
    return () => {}
  },
}

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

test('a unit of Nucleus Lite is told by its name', () => {
  expect(['ggl.aws.greengrass.labs.CertificateRotator.service', 'greengrass.service'].map(isOfLite)).toEqual([
    true,
    false,
  ])
})

describe('a device on which Greengrass cannot be restarted', () => {
  const refusal = async (): Promise<string | undefined> =>
    systemdRestart('gg.service', systemctl, atOnce).refusal()

  test('D6: is not one whose systemd did not answer at first', async ({ task }) => {
    script(
      `echo failed >> ${folder}/failed; [ $(wc -l < ${folder}/failed) -gt 2 ] || exit 1; echo LoadState=loaded; echo ActiveState=active`,
    )
    expect(await refusal()).toBeUndefined()
    const met = readFileSync(join(folder, 'failed'), 'utf8').split('\n').length - 2
    expect(met).toBe(2)
    fired(task, met)
  })

  test.each([
    ['has no such service', 'echo LoadState=not-found; echo ActiveState=inactive', /no system service gg/u],
    [
      'has it, but runs Greengrass in another way',
      'echo LoadState=loaded; echo ActiveState=inactive',
      /gg\.service is inactive/u,
    ],
    [
      'had it fail, and runs Greengrass in another way',
      'echo LoadState=loaded; echo ActiveState=failed',
      /gg\.service is failed/u,
    ],
    [
      'is a container without systemd',
      'echo "System has not been booted with systemd as init system" >&2; exit 1',
      /not been booted with systemd.*outside a container/u,
    ],
    ['says nothing of it', '', /no system service/u],
  ])('%s', async (_how, text, expected) => {
    script(text)
    expect(await refusal()).toMatch(expected)
  })

  test.each(['active', 'activating', 'deactivating'])('is not one whose service is %s', async state => {
    script(`echo "$@" > ${folder}/order; echo LoadState=loaded; echo ActiveState=${state}`)
    expect(await refusal()).toBeUndefined()
    expect(readFileSync(join(folder, 'order'), 'utf8')).toBe(
      'show --property=LoadState,ActiveState gg.service\n',
    )
    expect(await systemdRestart('gg.service', systemctl).life()).toBeUndefined()
  })
})

describe('a restart of Nucleus Lite', () => {
  const digits = '0123456789abcdef'.repeat(2)
  const life = digits + digits

  test('is one of its connection alone, waited for, and names the life that follows', async () => {
    script(`echo "$@" >> ${folder}/orders; case "$1" in show) echo ${digits};; esac`)
    await expect(liteRestart(systemctl).request()).resolves.toEqual({ ok: true, service: life })
    expect(readFileSync(join(folder, 'orders'), 'utf8')).toBe(
      `restart ${iotcored}\nshow --property=InvocationID --value ${iotcored}\n`,
    )
    await expect(liteRestart(systemctl).life()).resolves.toBe(life)
  })

  test('D6: that is refused, or that nobody can tell of, is told and tried again', async () => {
    script('echo "Access denied" >&2; exit 4')
    await expect(liteRestart(systemctl).request()).resolves.toEqual({
      ok: false,
      problem: expect.stringMatching(/iotcored.*Access denied/u),
    })
    await expect(liteRestart(systemctl).life()).resolves.toBeUndefined()
    script('echo')
    await expect(liteRestart(systemctl).request()).resolves.toEqual({
      ok: false,
      problem: expect.stringContaining('does not tell'),
    })
  })

  test('D6: at the start its life is asked for until it is known, and nothing else is taken for it', async () => {
    const answers = [undefined, undefined, (script(`echo ${digits}`), await liteRestart(systemctl).life())]
    const told: string[] = []
    const timers = new FakeTimers(0)
    const asking = knownLife(
      { life: async () => answers.shift() },
      timers,
      (_level, message) => void told.push(message),
    )
    for (const _failure of [1, 2]) {
      await settle()
      expect(timers.pending()).toEqual([10_000])
      timers.advance(10_000)
    }
    expect(await asking).toBe(life)
    expect(told).toEqual([expect.stringContaining('asked again'), expect.stringContaining('asked again')])
  })

  test('needs its unit', async () => {
    script('echo LoadState=not-found')
    expect(await liteRestart(systemctl).refusal()).toContain(iotcored)
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
