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

/** @throws CommanderError, after having said why, for options that make no sense */
export function parseOptions(argv: readonly string[]): Options {
  const command = new Command('simulate')
    .description('Runs the whole system under simulated time, with everything going wrong that can.')
    .option('--exhaustive', 'one rotation and one retry under every set of at most so many faults')
    .option('--faults <number>', 'the most faults of one schedule, with --exhaustive', count, 2)
    .option('--runs <number>', 'so many seeded runs of three things', count, 1_000)
    .option('--seed <number>', 'the first seed', count, 1)
    .option('--replay <run>', 'tells one run step by step: a seed, or a schedule such as "good 12:lost"')
    .option('--mutant <name>', 'with --replay: on a design that is broken on purpose')
    .option('--prove', 'shows that broken designs are caught, and that every row and edge fires')
    .option('--v1', 'runs the rules of the public version 1 under the same single faults')
    .option('--processes <number>', 'how many processes share the work', count, 2)
  return optionsOf(command.parse(argv).opts<Given>())
}

function optionsOf(given: Given): Options {
  const { processes } = given
  if (given.replay !== undefined) return { what: 'replay', of: given.replay, mutant: given.mutant }
  if (given.prove === true) return { what: 'prove', processes }
  if (given.v1 === true) return { what: 'version-one' }
  if (given.exhaustive === true) return { what: 'exhaustive', mostFaults: given.faults, processes }
  return { what: 'seeded', runs: given.runs, seed: given.seed, processes }
}

function count(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It is no whole number.')
}
