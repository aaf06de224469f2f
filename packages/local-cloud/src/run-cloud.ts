import { type Cloud, startCloud } from './cloud.ts'
import type { CloudEvent } from './cloud-events.ts'
import { parseCommandLine, UsageError, usage } from './command-line.ts'

export interface Terminal {
  out(line: string): void
  err(line: string): void
}

/** What is worth a line; the calls and the functions' logs are not. */
function shown(event: CloudEvent): Record<string, unknown> | undefined {
  switch (event.kind) {
    case 'notification': {
      const { topicArn, subject, message, attributes } = event.message
      return { event: event.kind, topicArn, subject, message, attributes }
    }
    case 'mail':
      return { event: event.kind, address: event.address, subject: event.subject, text: event.text }
    case 'problem':
      return { event: event.kind, source: event.source, reason: event.reason }
    case 'defect':
      return {
        event: event.kind,
        error: event.error instanceof Error ? event.error.stack : String(event.error),
      }
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
      if (line !== undefined) terminal.out(JSON.stringify(line))
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
