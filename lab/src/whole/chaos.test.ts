import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const entry = fileURLToPath(new URL('../chaos/main.ts', import.meta.url))

test('half a minute of chaos violates no rule, comes to rest, and leaves nothing behind', async ({
  onTestFinished,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'rotator-chaos-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const chaos = spawn(process.execPath, [entry, '--minutes', '0.4', '--devices', '3', '--seed', '4'], {
    env: { ...process.env, TMPDIR: folder },
  })
  const texts: string[] = []
  for (const stream of [chaos.stdout, chaos.stderr]) stream.on('data', data => texts.push(String(data)))
  const [exitCode] = (await once(chaos, 'close')) as [number | null]
  const text = texts.join('')
  expect(text).toMatch(/faults=\d+ rotations=\d+ violations=0\n$/u)
  expect(exitCode).toBe(0)
  const [, faults, rotations] = /faults=(\d+) rotations=(\d+) violations=0\n$/u.exec(text) ?? []
  expect(Number(faults)).toBeGreaterThan(5)
  // The last one of each device, after the storm; whether one more ends well within so short a storm is chance.
  expect(Number(rotations)).toBeGreaterThanOrEqual(3)
  expect(readdirSync(folder)).toEqual([])
}, 300_000)
