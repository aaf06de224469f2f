import type { Options } from '../options.ts'
import { simulate } from '../simulate.ts'

/** What `npm run simulate` would print. */
export async function said(options: Options): Promise<string[]> {
  const lines: string[] = []
  await simulate(options, line => void lines.push(line))
  return lines
}
