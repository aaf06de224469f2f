import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Signals a whole process group; one that is gone is fine. @returns whether there was one */
export function signalGroup(processGroup: number, signal: NodeJS.Signals): boolean {
  return kill(-processGroup, signal)
}

function kill(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    return false
  }
}

/** Notes the process groups that a sudden end of the core would leave behind. */
export function writeProcessGroups(file: string, groups: readonly number[]): void {
  writeFileSync(file, groups.map(group => `${group}\n`).join(''))
}

export function readProcessGroups(file: string): number[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map(Number)
      .filter(group => group > 1)
  } catch {
    return []
  }
}

/** The variable by which a process shows which root it belongs to. */
export const rootVariable = 'LOCAL_CORE_ROOT'

/**
 * Kills every process of this root, whatever its parent and group, as a service manager empties a control
 * group: when the nucleus has ended, and before it starts, for what an earlier core has left running.
 */
export function killLeftovers(processGroupsFile: string, root: string): number[] {
  const leftovers = readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 1 && belongsTo(pid, root))
  for (const pid of leftovers) kill(pid, 'SIGKILL')
  // The root may have been removed already, by whoever stops everything.
  if (existsSync(processGroupsFile)) writeProcessGroups(processGroupsFile, [])
  return leftovers
}

function belongsTo(pid: number, root: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${rootVariable}=${root}`)
  } catch {
    // It has ended meanwhile, or is another user's.
    return false
  }
}

/**
 * A power cut: SIGKILL to the core first, so that it starts nothing more, then to the components' process
 * groups that it noted in its root.
 */
export function cutPower(corePid: number, processGroupsFile: string): void {
  process.kill(corePid, 'SIGKILL')
  for (const group of readProcessGroups(processGroupsFile)) signalGroup(group, 'SIGKILL')
}
