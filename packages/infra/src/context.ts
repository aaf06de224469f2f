import { Command } from 'commander'
import { settingNames } from './settings.ts'

/** Reads `Name=value` pairs as the CDK command line does; the value may hold further equals signs. */
export function contextOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
}

/**
 * Reads settings of the backend from one line, `Name=value; Name=value`. Each name must be one of {@link settingNames}: in a
 * line of its own there is nothing of others'.
 *
 * @throws an error that says which name cannot be used, and what to choose from
 */
export function settingsOf(line: string): Record<string, string> {
  const context = contextOf(
    line
      .split(';')
      .map(pair => pair.trim())
      .filter(pair => pair !== ''),
  )
  const unknown = Object.keys(context).find(name => !settingNames.includes(name))
  if (unknown === undefined) return context
  throw new Error(
    `The settings of the backend cannot be used: there is no ${unknown}. Choose from ${settingNames.join(', ')}, as Name=value; Name=value.`,
  )
}

/**
 * Reads the command line of the synthesis: `--out-dir`, context by `-c Name=value`, and `--settings` of the backend in one
 * line. What `-c` says goes before. Ends the process for `--help` and for what it does not know.
 */
export function synthRequestOf(args: readonly string[]): { outDir: string; context: Record<string, string> } {
  const {
    outDir,
    settings,
    context = [],
  } = new Command('npm run synth --')
    .description('Writes the templates of the backend and of its pipeline; needs no account.')
    .option('--out-dir <folder>', 'where to', 'cdk.out')
    .option('-c, --context <Name=value>', 'a setting; give as many as you need', gathered)
    .option('--settings <line>', 'settings of the backend in one line: Name=value; Name=value', '')
    .addHelpText('after', `\nSettings, explained in docs/how-to/deploy.md: ${settingNames.join(', ')}`)
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<{ outDir: string; settings: string; context?: string[] }>()
  return { outDir, context: { ...settingsOf(settings), ...contextOf(context) } }
}

const gathered = (pair: string, before: string[] = []): string[] => [...before, pair]
