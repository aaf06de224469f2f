import { writeSync } from 'node:fs'
import { perform as performReally } from '@rotator/component/loop/performer'
import { keepCuts, readTrial } from './trial-file.ts'

// Takes the place of the performer in a trial bundle: the same effects, and a signal before or after one of them.
const {
  cuts: [cut, ...later],
} = readTrial()

// What else it has stays as it is.
export * from '@rotator/component/loop/performer'

export const perform: typeof performReally = async (parts, effect) => {
  const isMarked = effect.kind === cut?.effect && JSON.stringify(effect).includes(cut.text ?? '')
  if (isMarked && cut.when === 'before') signalMyself(cut.signal)
  const outcome = await performReally(parts, effect)
  if (isMarked && cut.when === 'after') signalMyself(cut.signal)
  return outcome
}

/** Does not come back. */
function signalMyself(signal: NodeJS.Signals): void {
  keepCuts(later)
  writeSync(1, `${JSON.stringify({ message: 'trial cut', ...cut })}\n`)
  process.kill(process.pid, signal)
  // A signal takes effect a little later, and nothing more may be done until it does.
  for (;;);
}
