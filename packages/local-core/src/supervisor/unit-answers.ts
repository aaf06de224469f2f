import type { UnitAnswer } from '../systemctl/unit-answer.ts'
import { greengrassUnit, type UnitCommand } from '../systemctl/unit-command.ts'

/** What the unit's queries tell. */
export interface UnitState {
  readonly active: boolean
  readonly mainPid: number
  readonly restarts: number
}

export const success = (stdout: string): UnitAnswer => ({ exitCode: 0, stdout, stderr: '' })

export const restartRefused: UnitAnswer = {
  exitCode: 1,
  stdout: '',
  stderr: `Failed to restart ${greengrassUnit}: Transaction is destructive.\n`,
}

/** Answers the commands that change nothing. */
export function answerQuery(
  command: Exclude<UnitCommand, { readonly verb: 'restart' | 'try-restart' }>,
  unit: UnitState,
): UnitAnswer {
  switch (command.verb) {
    case 'invalid':
      return { exitCode: command.exitCode, stdout: '', stderr: `${command.message}\n` }
    case 'is-active': {
      const stdout = command.quiet ? '' : `${activeState(unit)}\n`
      return { exitCode: unit.active ? 0 : 3, stdout, stderr: '' }
    }
    case 'show': {
      const values = properties(unit)
      const names = command.properties.length > 0 ? command.properties : [...values.keys()]
      const lines = names.flatMap(name => {
        const value = values.get(name)
        return value === undefined ? [] : [command.valueOnly ? value : `${name}=${value}`]
      })
      return success(lines.map(line => `${line}\n`).join(''))
    }
  }
}

const activeState = (unit: UnitState) => (unit.active ? 'active' : 'activating')

function properties(unit: UnitState): ReadonlyMap<string, string> {
  return new Map([
    ['Id', greengrassUnit],
    ['LoadState', 'loaded'],
    ['ActiveState', activeState(unit)],
    ['SubState', unit.active ? 'running' : 'auto-restart'],
    ['MainPID', unit.active ? String(unit.mainPid) : '0'],
    ['KillMode', 'mixed'],
    ['InvocationID', (unit.restarts + 1).toString(16).padStart(32, '0')],
  ])
}
