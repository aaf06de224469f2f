import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Installs Debian packages where that is possible, or says which command does. @returns whether they are there now */
export function installPackages(packages: readonly string[], write: (text: string) => void): boolean {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    write(
      `These checks need the Debian packages ${packages.join(', ')}. Install them as root and run this again:\n  ${command}\n`,
    )
    return false
  }
  write(`Installing the Debian packages ${packages.join(', ')} ...\n`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    encoding: 'utf8',
    // Installing a server must not start it here.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  })
  if (status !== 0)
    write(`${stdout}${stderr}\nInstalling failed. Run the command by hand to see why:\n  ${command}\n`)
  return status === 0
}
