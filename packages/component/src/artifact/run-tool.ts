import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a program to its end; throws where it cannot be run or fails, with what it wrote. */
export type RunTool = (command: string, args: readonly string[], folder: string) => Promise<void>

/** The program is not installed. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing'
}

/** npm would leave a cache of its own compiled code in the folder of temporary files. */
const leavingNothing = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }

export const runTool: RunTool = async (command, args, folder) => {
  const child = spawn(command, args, { cwd: folder, env: leavingNothing, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => output.push(String(piece)))
  const [code] = await once(child, 'close').catch((error: unknown): number[] => {
    throw new ToolMissing(`${command} cannot be run.`, { cause: error })
  })
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output.join('')}`)
}
