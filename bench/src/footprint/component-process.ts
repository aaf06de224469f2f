import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** The process id of the component that runs on a device with this Greengrass root. */
export function componentPid(root: string): number {
  const pid = readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .find(candidate => isComponent(candidate, root))
  if (pid === undefined) throw new Error(`No component runs under ${root}.`)
  return pid
}

/** The shell that Greengrass starts it with has the same command line and folder, so the program is looked at too. */
function isComponent(pid: number, root: string): boolean {
  try {
    return (
      basename(readlinkSync(`/proc/${pid}/exe`)) === 'node' &&
      readlinkSync(`/proc/${pid}/cwd`).startsWith(`${root}/work/`) &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('certificate-rotator.mjs')
    )
  } catch {
    return false
  }
}
