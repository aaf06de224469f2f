import { existsSync, readFileSync, rmSync } from 'node:fs'

/** What a trial component is to do otherwise than one in the field. It stands beside the bundle, as `trial.json`. */
export interface Trial {
  /** Every waiting time of the device's rules is multiplied by this. */
  timeScale: number
  /** Kills the component (SIGKILL) around an effect of this kind; the file that names it is removed before. */
  cut?: Cut
}

export interface Cut {
  when: 'before' | 'after'
  effect: string
  /** Which effect of that kind in the life of the process, from 1. */
  occurrence: number
}

const file = (name: string) => new URL(name, import.meta.url)

export function readTrial(): Trial {
  const trial = JSON.parse(readFileSync(file('trial.json'), 'utf8')) as Trial
  return existsSync(file('cut.json'))
    ? { ...trial, cut: JSON.parse(readFileSync(file('cut.json'), 'utf8')) as Cut }
    : trial
}

/** A cut happens once: the next process of the component is not to be killed again. */
export const forgetCut = (): void => rmSync(file('cut.json'), { force: true })
