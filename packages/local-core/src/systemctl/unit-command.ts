/** The one unit that this core's service manager knows. */
export const greengrassUnit = 'greengrass.service'

export type UnitCommand =
  | { readonly verb: 'restart' | 'try-restart'; readonly noBlock: boolean }
  | { readonly verb: 'is-active'; readonly quiet: boolean }
  | { readonly verb: 'show'; readonly properties: readonly string[]; readonly valueOnly: boolean }
  | { readonly verb: 'invalid'; readonly exitCode: number; readonly message: string }

/**
 * Understands the part of systemctl's command line that a component uses to restart Greengrass.
 *
 * @param otherNames units that mean this core too, such as the one that its process really runs in
 */
export function parseUnitCommand(args: readonly string[], otherNames: readonly string[]): UnitCommand {
  const options = args.filter(arg => arg.startsWith('-'))
  const properties: string[] = []
  const words: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '-p' || arg === '--property') properties.push(...(args[++index] ?? '').split(','))
    else if (arg.startsWith('--property=')) properties.push(...arg.slice('--property='.length).split(','))
    else if (!arg.startsWith('-')) words.push(arg)
  }
  const known = /^(-p|--property(=.*)?|--value|--no-block|--quiet|-q|--no-pager|--no-ask-password|--system)$/
  const unknownOption = options.find(option => !known.test(option))
  if (unknownOption !== undefined) return invalid(1, `systemctl: unrecognized option '${unknownOption}'`)
  const [verb, unit] = words
  if (verb === undefined) return invalid(1, 'systemctl: this one needs a verb, such as restart.')
  if (unit === undefined) return invalid(1, 'Too few arguments.')
  const names = [greengrassUnit, ...otherNames]
  if (!names.includes(unit) && !names.includes(`${unit}.service`)) {
    return verb === 'is-active' ? invalid(3, 'inactive') : invalid(5, `Unit ${unit} not found.`)
  }
  if (verb === 'show') return { verb, properties, valueOnly: options.includes('--value') }
  if (verb === 'is-active') return { verb, quiet: options.includes('--quiet') || options.includes('-q') }
  if (verb === 'restart' || verb === 'try-restart') return { verb, noBlock: options.includes('--no-block') }
  return invalid(1, `Unknown command verb '${verb}'.`)
}

function invalid(exitCode: number, message: string): UnitCommand {
  return { verb: 'invalid', exitCode, message }
}

/**
 * The services named in `/proc/self/cgroup`. A component that asks which unit it runs in finds these instead of
 * Greengrass when the whole lab runs inside a service of the machine, as build agents do.
 */
export function surroundingUnits(cgroup: string): string[] {
  return [...new Set(cgroup.split(/[\n/]/).filter(part => part.endsWith('.service')))]
}
