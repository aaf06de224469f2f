import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { taskArgument } from './tasks/task-protocol.ts'

// Not through process.stdout: its stream costs the device more than a megabyte.
const write = (text: string): void => void writeSync(1, text)
const exit = (code: number): never => process.exit(code)

async function main([, , argument, task = '']: readonly string[]): Promise<void> {
  if (argument === taskArgument) {
    const { runAsTask } = await import('./tasks/task-entry.ts')
    return runAsTask(task, { input: process.stdin, write, exit })
  }
  const { runComponent } = await import('./process-entry.ts')
  const program = fileURLToPath(import.meta.url)
  const facts = { program, variables: process.env, workingDirectory: process.cwd(), write, exit }
  if ((await runComponent(facts)) === undefined) process.exitCode = 1
}

void main(process.argv)
