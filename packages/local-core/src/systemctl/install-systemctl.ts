import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RootLayout } from '../provision/root-layout.ts'

/** Writes `<root>/bin/systemctl`, which talks to this core instead of to the machine's service manager. */
export function installSystemctl(layout: RootLayout, nodeExecutable: string): void {
  mkdirSync(layout.binFolder, { recursive: true })
  const client = fileURLToPath(new URL('systemctl-main.ts', import.meta.url))
  const command = [nodeExecutable, client, layout.controlSocket].map(shellQuoted).join(' ')
  const file = join(layout.binFolder, 'systemctl')
  writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`)
  chmodSync(file, 0o755)
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
