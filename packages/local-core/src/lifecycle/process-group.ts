import { readFileSync, writeFileSync } from 'node:fs'

/** Signals a whole process group; one that is gone is fine. */
export function signalGroup(processGroup: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-processGroup, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
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

/**
 * Kills what an earlier core on this root left running, as a service manager empties a control group. A
 * number may belong to somebody else by now: only a leader with this root's environment is killed.
 */
export function killLeftovers(file: string, root: string): number[] {
  const leftovers = readProcessGroups(file).filter(group => isOurs(group, root))
  for (const group of leftovers) signalGroup(group, 'SIGKILL')
  writeProcessGroups(file, [])
  return leftovers
}

/** The variable by which a process shows which root it belongs to. */
export const rootVariable = 'LOCAL_CORE_ROOT'

function isOurs(processGroup: number, root: string): boolean {
  try {
    const environment = readFileSync(`/proc/${processGroup}/environ`, 'utf8').split('\0')
    return environment.includes(`${rootVariable}=${root}`)
  } catch {
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
