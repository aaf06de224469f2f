import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Milliseconds of processor time that a module's import takes in a Node of its own; not the start of Node itself. */
export async function importCpuMs(
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const code = `const { handler } = await import(${JSON.stringify(pathToFileURL(path).href)})
    if (typeof handler !== 'function') throw new Error('The module has no handler.')
    const { user, system } = process.cpuUsage(before)
    process.stdout.write(String((user + system) / 1000))`
  const script = `const before = process.cpuUsage()\n${code}`
  const env = { ...environment, AWS_REGION: 'eu-west-1', PATH: process.env['PATH'] ?? '' }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env })
  return Number(stdout)
}
