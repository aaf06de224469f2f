import { randomInt } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'

export interface ChaosOptions {
  minutes: number
  devices: number
  /** Of the dice that choose faults; times are those of the machine, so a run is not repeated to the letter. */
  seed: number
}

/** Each device is two processes and, at its restarts, four. */
const mostDevices = 20

/** @returns the exit code instead, where there is nothing to run */
export function readChaosOptions(
  args: readonly string[],
  write: (text: string) => void,
): ChaosOptions | number {
  const command = new Command('npm run chaos --')
    .description(
      'Rotates the certificates of devices over and over while processes are killed and networks, disks, clocks and certificates fail.',
    )
    .option('--minutes <N>', 'how long faults happen; fractions are fine', positive, 2)
    .option('--devices <N>', `how many core devices, 1 to ${mostDevices}`, wholeNumber(1, mostDevices), 6)
    .option('--seed <S>', 'which faults are chosen', wholeNumber(0, 2 ** 32 - 1), randomInt(2 ** 32))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError('Run npm run chaos -- --help for the flags.')
  try {
    command.parse(args, { from: 'user' })
    return command.opts<ChaosOptions>()
  } catch (error) {
    return (error as { exitCode?: number }).exitCode ?? 1
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 24 * 60))
    throw new InvalidArgumentError('Give minutes, more than 0, up to a day.')
  return value
}

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/u.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    }
    return value
  }
