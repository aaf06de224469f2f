import { type Cloud, startCloud } from './cloud.ts'
import type { CloudEvent } from './cloud-events.ts'
import { parseCommandLine, UsageError, usage } from './command-line.ts'

export interface Terminal {
  out(line: string): void
  err(line: string): void
}

function shown(event: CloudEvent): string | undefined {
  switch (event.kind) {
    case 'notification':
      return `notification: ${event.message.subject ?? event.message.topicArn}: ${event.message.message}`
    case 'mail':
      return `mail to ${event.address}: ${event.subject}: ${event.text}`
    case 'problem':
      return `problem: ${event.source}: ${event.reason}`
    case 'defect':
      return `defect: ${event.error instanceof Error ? (event.error.stack ?? event.error.message) : String(event.error)}`
    case 'call':
    case 'function-log':
      return undefined
  }
}

async function deployAll(cloud: Cloud, templates: readonly string[]): Promise<string> {
  const stacks = []
  for (const template of templates) {
    const { name, outputs } = await cloud.deploy(template)
    stacks.push({ name, outputs })
  }
  const { endpoints, rootCaPath } = cloud
  return JSON.stringify({ endpoints, rootCaPath, stacks })
}

/**
 * Runs the cloud until it is told to stop.
 *
 * @returns the exit code: 0, 1 where it could not start or deploy, 2 for a wrong command line
 */
export async function runCloud(
  args: readonly string[],
  stopped: Promise<unknown>,
  terminal: Terminal,
): Promise<number> {
  try {
    const command = parseCommandLine(args)
    if (command.kind === 'help') {
      terminal.out(usage)
      return 0
    }
    const cloud = await startCloud(command.options)
    cloud.observe(event => {
      const line = shown(event)
      if (line !== undefined) terminal.err(line)
    })
    try {
      const ready = deployAll(cloud, command.templates).then(line => terminal.out(line))
      await Promise.race([ready, stopped])
      await stopped
      return 0
    } finally {
      await cloud.stop()
    }
  } catch (error) {
    terminal.err(error instanceof Error ? error.message : String(error))
    if (error instanceof UsageError) terminal.err(usage)
    return error instanceof UsageError ? 2 : 1
  }
}
