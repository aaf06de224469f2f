import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { processesWith } from './processes.ts'
import { until } from './rotation.ts'

const entry = fileURLToPath(new URL('../start/main.ts', import.meta.url))

/** Ten moments: right away, while each part starts, and all along a rotation. */
const moments = [
  { after: 'Building', ms: 0 },
  { after: 'Building', ms: 150 },
  { after: 'Starting the local cloud', ms: 0 },
  { after: 'Starting the local cloud', ms: 400 },
  { after: 'Manufacturing', ms: 0 },
  { after: 'Manufacturing', ms: 250 },
  { after: 'online with OLD', ms: 0 },
  { after: 'asks for a certificate', ms: 0 },
  { after: 'POWER CUT', ms: 300 },
  { after: 'commits', ms: 0 },
]

describe('Ctrl-C', () => {
  test.for(moments)('$ms ms after "$after" leaves no process, no port and no file', async ({ after, ms }) => {
    const folder = mkdtempSync(join(tmpdir(), 'interrupt-'))
    const marker = `INTERRUPT_TEST_${crypto.randomUUID()}`
    const child = spawn(process.execPath, [entry, '--devices', '2'], {
      env: { ...process.env, [marker]: '1', TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    const ended = once(child, 'exit')
    let output = ''
    child.stdout.on('data', bytes => {
      output += String(bytes)
    })
    await until(
      `"${after}" in the output`,
      () => output,
      text => text.includes(after),
    )
    await sleep(ms)
    // A terminal sends it to the whole foreground group.
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toEqual([130, null])
    expect(output).toContain('everything that was started has been stopped')
    await until(
      'the end of all processes',
      () => processesWith(marker),
      left => left.length === 0,
      5_000,
    )
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })
})
