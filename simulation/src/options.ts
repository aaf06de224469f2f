import { Command, InvalidArgumentError } from 'commander'

/** What to simulate. */
export type Options =
  | { what: 'exhaustive'; mostFaults: number; processes: number }
  | { what: 'seeded'; runs: number; seed: number; processes: number }
  /** A seed, or a schedule of the exhaustive enumeration. */
  | { what: 'replay'; of: string; mutant: string | undefined }
  | { what: 'prove'; processes: number }
  | { what: 'version-one' }

interface Given {
  exhaustive?: true
  faults: number
  runs: number
  seed: number
  replay?: string
  mutant?: string
  prove?: true
  v1?: true
  processes: number
}

/** Each says alone what is done; without any of them, seeded runs are. */
const modes = ['exhaustive', 'replay', 'prove', 'v1'] as const
type Mode = (typeof modes)[number]

/** What each mode looks at. An option that would be ignored is refused, lest its run be taken for another. */
const optionsFor: Readonly<Record<Mode | 'seeded', readonly string[]>> = {
  exhaustive: ['faults', 'processes'],
  replay: ['mutant'],
  prove: ['processes'],
  v1: [],
  seeded: ['runs', 'seed', 'processes'],
}

/**
 * Reads the flags of `npm run simulate`.
 *
 * @param write where help and errors go
 * @returns the exit code instead, where there is nothing to simulate
 */
export function readOptions(args: readonly string[], write: (text: string) => void): Options | number {
  const command = simulateCommand(write)
  try {
    command.parse(args, { from: 'user' })
    refuseWhatIsIgnored(command)
    return optionsOf(command.opts<Given>())
  } catch (error) {
    return (error as { exitCode?: number }).exitCode ?? 1
  }
}

function simulateCommand(write: (text: string) => void): Command {
  return new Command('npm run simulate --')
    .description('Runs the whole system under simulated time, with everything going wrong that can.')
    .option('--exhaustive', 'one rotation and one retry under every set of at most so many faults')
    .option('--faults <number>', 'the most faults of one schedule, with --exhaustive', countFrom(0), 2)
    .option('--runs <number>', 'so many seeded runs of three things', countFrom(1), 1_000)
    .option('--seed <number>', 'the first seed', countFrom(0), 1)
    .option('--replay <run>', 'tells one run step by step: a seed, or a schedule such as "good 12:lost"')
    .option('--mutant <name>', 'with --replay: on a design that is broken on purpose')
    .option('--prove', 'shows that broken designs are caught, and that every row and edge fires')
    .option('--v1', 'runs the rules of the public version 1 under the same single faults')
    .option('--processes <number>', 'how many processes share the work', countFrom(1), 2)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError('Run npm run simulate -- --help for the flags.')
}

function refuseWhatIsIgnored(command: Command): void {
  const given = command.options
    .map(option => option.attributeName())
    .filter(name => command.getOptionValueSource(name) === 'cli')
  const [mode, other] = modes.filter(name => given.includes(name))
  if (mode !== undefined && other !== undefined) {
    command.error(`error: --${mode} and --${other} are two things to do. Give one of them.`)
  }
  const ignored = given.find(name => name !== mode && !optionsFor[mode ?? 'seeded'].includes(name))
  if (ignored === undefined) return
  const owners = Object.entries(optionsFor).flatMap(([owner, names]) =>
    names.includes(ignored)
      ? [owner === 'seeded' ? 'seeded runs, which are done without a mode' : `--${owner}`]
      : [],
  )
  const where = mode === undefined ? 'without a mode' : `with --${mode}`
  command.error(`error: --${ignored} does nothing ${where}. It goes with ${owners.join(', or ')}.`)
}

function optionsOf(given: Given): Options {
  const { processes } = given
  if (given.replay !== undefined) return { what: 'replay', of: given.replay, mutant: given.mutant }
  if (given.prove === true) return { what: 'prove', processes }
  if (given.v1 === true) return { what: 'version-one' }
  if (given.exhaustive === true) return { what: 'exhaustive', mostFaults: given.faults, processes }
  return { what: 'seeded', runs: given.runs, seed: given.seed, processes }
}

const countFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/u.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Give a whole number of ${least} or more.`)
  }
