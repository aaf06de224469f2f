import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What a trial component is to do otherwise than one in the field. It stands beside the bundle, as `trial.json`. */
export interface Trial {
  /** Every waiting time of the device's rules is multiplied by this. */
  timeScale: number
  /** The first one is in force, until it has happened; then it is taken out of its file, `cuts.json`. */
  cuts: Cut[]
}

/** Ends or stops the component around an effect. */
export interface Cut {
  when: 'before' | 'after'
  /** The kind of the effect. */
  effect: string
  /** Only an effect with this in its JSON. */
  text?: string
  /** SIGSTOP leaves the component standing there, until it is killed from outside. */
  signal: 'SIGKILL' | 'SIGSTOP'
}

/** The files, in the folder of the bundle. The clock's holds by how many milliseconds it is wrong. */
export const trialFiles = { trial: 'trial.json', cuts: 'cuts.json', clock: 'clock' } as const

const here = import.meta.dirname

export function readTrial(): Trial {
  const trial = JSON.parse(readFileSync(join(here, trialFiles.trial), 'utf8')) as Omit<Trial, 'cuts'>
  return { ...trial, cuts: cutsIn(here) }
}

/** The cuts that have not happened yet. */
export function cutsIn(folder: string): Cut[] {
  const file = join(folder, trialFiles.cuts)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cut[]) : []
}

/** By how much the device's clock is wrong now: it may jump while the component runs. */
export function clockOffsetMs(): number {
  return Number(readFileSync(join(here, trialFiles.clock), 'utf8'))
}

const clockBytes = 24

/** Sets the clock right, and makes the place that it is set wrong in later. */
export function makeClock(folder: string): void {
  writeFileSync(join(folder, trialFiles.clock), '0'.padEnd(clockBytes))
}

/** In place, since the device's disk may be full. */
export function writeClock(folder: string, offsetMs: number): void {
  const descriptor = openSync(join(folder, trialFiles.clock), 'r+')
  writeSync(descriptor, String(offsetMs).padEnd(clockBytes), 0)
  closeSync(descriptor)
}

/** A cut happens once: the next process of the component is to meet the next one. */
export function keepCuts(cuts: readonly Cut[]): void {
  writeCuts(here, cuts)
}

export function writeCuts(folder: string, cuts: readonly Cut[]): void {
  writeInOneStep(join(folder, trialFiles.cuts), JSON.stringify(cuts))
}

/** A test and a component look at these files at the same time. */
function writeInOneStep(file: string, text: string): void {
  writeFileSync(`${file}.next`, text)
  renameSync(`${file}.next`, file)
}
