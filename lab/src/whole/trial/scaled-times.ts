import * as times from '@rotator/rotation/device/times'
import { readTrial } from './trial-file.ts'

// Takes the place of the device's times in a trial bundle: the same rules, sooner.
const { timeScale } = readTrial()
const scaled = (ms: number): number => Math.ceil(ms * timeScale)

export const askAgainMs = (attempt: number): number => scaled(times.askAgainMs(attempt))
export const versionOnePatienceMs = scaled(times.versionOnePatienceMs)
export const pollMs = scaled(times.pollMs)
export const pollSpreadMs = scaled(times.pollSpreadMs)
export const lookAfterMs = scaled(times.lookAfterMs)
export const lookAgainMs = scaled(times.lookAgainMs)
export const { looksNeeded, looksUntilBlind } = times
/** At most so many, since no trial waits for three minutes. */
export const pollsAtRest = Math.min(times.pollsAtRest, 2)
export const probeSpacingMs = scaled(times.probeSpacingMs)
export const notConnectedForLongMs = scaled(times.notConnectedForLongMs)
export const restartAgainMs = (restarts: number): number => scaled(times.restartAgainMs(restarts))
export const otherSideAfterMs = (turn: number): number => scaled(times.otherSideAfterMs(turn))
export const settleMs = scaled(times.settleMs)
