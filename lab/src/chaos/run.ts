import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { unmountSmallDisks } from '../faults/small-disk.ts'
import { hideTakenRetirements } from '../whole/taken-retirements.ts'
import { openWorld } from '../whole/world.ts'
import { killAllPrograms } from '../world/program.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { beyondMemory, comeToBeKnown, comeToRest } from './calm.ts'
import { faults, weights } from './faults/table.ts'
import { type MadeChaos, makeChaos } from './make-chaos.ts'
import { operate } from './operator.ts'
import { type ChaosOptions, readChaosOptions } from './options.ts'
import { progressLine, result } from './report.ts'
import { watchRules } from './rules.ts'
import { storm } from './storm.ts'
import { tally } from './tally.ts'

const interrupted = 130
const progressEveryMs = 1_000
/** A sweep begins every minute and takes minutes over so many jobs: those that wait would look back too late. */
const mostInstances = 8
/** Longer than the function works on a batch, and short enough for what a killed one had taken to come again in the calm. */
const hiddenForSeconds = 10
const stopWithinMs = 20_000

/** The whole of `npm run chaos`. @returns the exit code */
export async function runChaos(args: readonly string[], output: NodeJS.WriteStream): Promise<number> {
  const write = (text: string) => void output.write(text)
  const options = readChaosOptions(args, write)
  if (typeof options === 'number') return options
  const cleanUp = () => {
    killAllPrograms()
    unmountSmallDisks()
  }
  process.once('exit', cleanUp)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      write('\nInterrupted: everything that was started has been stopped.\n')
      process.exit(interrupted)
    })
  }
  const logFile = join(repositoryRoot, 'reports', `chaos-${options.seed}.log`)
  write(`seed=${options.seed} devices=${options.devices} minutes=${options.minutes} log=${logFile}\n`)
  try {
    return (await torment(options, logFile, output)) ? 0 : 1
  } catch (error) {
    write(`\nThe run failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    return 1
  }
}

async function torment(options: ChaosOptions, logFile: string, output: NodeJS.WriteStream): Promise<boolean> {
  mkdirSync(join(repositoryRoot, 'reports'), { recursive: true })
  const file = createWriteStream(logFile)
  const log = (line: object) =>
    void file.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)
  const world = await openWorld({ mostInstances })
  hideTakenRetirements(world, hiddenForSeconds)
  const over = new AbortController()
  const counted = tally()
  const made = await makeChaos({ world, options, tally: counted, log, over: over.signal })
  const rules = watchRules(world, made.chaos.devices, text => {
    log({ event: 'violation', text })
    counted.violation(text)
  })
  const startedMs = performance.now()
  const shown = setInterval(() => {
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    progressLine(output, seconds, made.chaos, over.signal.aborted)
  }, progressEveryMs)
  const raging = Promise.all([storm(made.chaos, faults, weights(made.skipped)), operate(made.chaos)])
  await sleep(options.minutes * 60_000)
  over.abort()
  await raging
  await comeToRest(made.chaos)
  await comeToBeKnown(made.chaos, made.notices)
  rules.stop()
  clearInterval(shown)
  for (const text of counted.violations) log({ event: 'violation', text })
  const { text, isGood } = result(made.chaos, rules, {
    ownEnds: made.ownEnds(),
    beyondMemory: beyondMemory(made.chaos.jobs.executions, made.notices).length,
    minutes: options.minutes,
  })
  output.write(`\n${text}`)
  // What does not stop by itself in time is killed when this process ends.
  await Promise.race([stop(made), sleep(stopWithinMs)])
  await new Promise(resolve => file.end(resolve))
  return isGood
}

async function stop({ chaos, undo }: MadeChaos): Promise<void> {
  await Promise.all(chaos.devices.map(async device => device.stop()))
  chaos.log({ event: 'devices-stopped' })
  await Promise.all(chaos.devices.map(async ({ network }) => network.stop()))
  chaos.log({ event: 'networks-stopped' })
  chaos.jobs.stop()
  undo()
  for (const { disk } of chaos.devices) disk?.unmount()
  await chaos.world.close()
  chaos.log({ event: 'cloud-stopped' })
}
