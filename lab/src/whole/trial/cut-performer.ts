import { lookAgain, perform as performReally } from '@rotator/component/loop/performer'
import { forgetCut, readTrial } from './trial-file.ts'

// Takes the place of the performer in a trial bundle: the same effects, and a SIGKILL before or after one of them.
const { cut } = readTrial()
let occurrence = 0

export { lookAgain }

export const perform: typeof performReally = async (parts, effect) => {
  const isMarked = effect.kind === cut?.effect && ++occurrence === cut.occurrence
  if (isMarked && cut.when === 'before') killMyself()
  const outcome = await performReally(parts, effect)
  if (isMarked && cut.when === 'after') killMyself()
  return outcome
}

function killMyself(): void {
  forgetCut()
  process.stdout.write(`{"message":"trial cut","when":"${cut?.when}","effect":"${cut?.effect}"}\n`)
  process.kill(process.pid, 'SIGKILL')
}
