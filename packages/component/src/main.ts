import { fileURLToPath } from 'node:url'
import { taskArgument } from './keys/task-protocol.ts'

const write = (text: string): void => void process.stdout.write(text)
const [, , argument, task = ''] = process.argv

if (argument === taskArgument) {
  const { runAsTask } = await import('./keys/task-entry.ts')
  await runAsTask(task, process.stdin, write)
} else {
  const { runComponent } = await import('./process-entry.ts')
  const program = fileURLToPath(import.meta.url)
  const exit = (code: number): never => process.exit(code)
  const facts = { program, variables: process.env, workingDirectory: process.cwd(), write, exit }
  if ((await runComponent(facts)) === undefined) process.exitCode = 1
}
