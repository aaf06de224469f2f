import { Command } from 'commander'

/** Flags that are on or off, by their names without dashes, each with what it does. */
export type Flags = Readonly<Record<string, string>>

/**
 * Reads the flags of a command of this repository.
 *
 * @param name as in `npm run NAME`
 * @param write where help and errors go
 * @returns the flags that were given, or the exit code where there is nothing to do
 */
export function readFlags(
  args: readonly string[],
  { name, does, flags }: { name: string; does: string; flags: Flags },
  write: (text: string) => void,
): ReadonlySet<string> | number {
  const command = new Command(`npm run ${name} --`)
    .description(does)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError(`Run npm run ${name} -- --help for the flags.`)
  for (const [flag, text] of Object.entries(flags)) command.option(`--${flag}`, text)
  try {
    command.parse(args, { from: 'user' })
    return new Set(Object.keys(command.opts()))
  } catch (error) {
    return (error as { exitCode?: number }).exitCode ?? 1
  }
}
