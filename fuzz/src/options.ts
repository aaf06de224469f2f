import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'

export interface FuzzOptions {
  /** The parsers to run, in this order. */
  parsers: string[]
  seconds: number
  seed: number
  jobs: number
  /** Whether inputs that reached something new are added to the corpus. */
  keep: boolean
  /** Where given, only this input is run. */
  replay?: Uint8Array
}

/**
 * Reads the flags of `npm run fuzz`.
 *
 * @param names of all parsers
 * @param write where help and errors go
 * @returns the exit code instead, where there is nothing to run
 */
export function readOptions(
  args: readonly string[],
  names: readonly string[],
  defaults: { seed: number; jobs: number },
  write: (text: string) => void,
): FuzzOptions | number {
  const command = fuzzCommand(names, defaults, write)
  try {
    command.parse(args, { from: 'user' })
    const { parser, seconds, seed, jobs, keep, replay } = command.opts()
    const all = { parsers: parser ?? [...names], seconds, seed, jobs, keep }
    return replay === undefined ? all : { ...all, parsers: parser ?? [replay.parser], replay: replay.input }
  } catch (error) {
    return (error as { exitCode?: number }).exitCode ?? 1
  }
}

function fuzzCommand(
  names: readonly string[],
  { seed, jobs }: { seed: number; jobs: number },
  write: (text: string) => void,
): Command {
  const known = (name: string): string => {
    if (names.includes(name)) return name
    throw new InvalidArgumentError(`No parser is called so. There are: ${names.join(', ')}.`)
  }
  return new Command('npm run fuzz --')
    .description('Gives every parser of outside input the corpus in fuzz/corpus and endless changes of it.')
    .option('--seconds <N>', 'how long each parser is fuzzed', wholeNumber, 10)
    .option('--parser <name>', 'only this one; may be repeated', (name, before: string[] | undefined) => [
      ...(before ?? []),
      known(name),
    ])
    .option('--seed <S>', 'the first throw of the dice', wholeNumber, seed)
    .option('--jobs <N>', 'parsers at the same time', wholeNumber, jobs)
    .option('--keep', 'add short inputs that reached something new to the corpus', false)
    .option('--replay <file>', 'run one saved input; its folder names the parser', savedInput(known))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError('Run npm run fuzz -- --help for the flags.')
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d{1,9}$/u.test(text) && value > 0) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

const savedInput =
  (known: (name: string) => string) =>
  (file: string): { parser: string; input: Uint8Array } => {
    if (!existsSync(file)) throw new InvalidArgumentError('There is no such file.')
    return { parser: known(basename(dirname(resolve(file)))), input: readFileSync(file) }
  }
