import { closeSync, openSync, readSync, statSync } from 'node:fs'

/**
 * Follows a log of JSON lines that another process writes, from its start.
 *
 * A file that is not there yet, and a line that is not whole yet, are waited for.
 */
export function followLog(file: string, onLine: (line: Record<string, unknown>) => void): { stop(): void } {
  const lookEveryMs = 50
  let position = 0
  let rest = ''
  const look = () => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size <= position) return
    const lines = (rest + readFrom(file, position, size - position)).split('\n')
    position = size
    rest = lines.pop() ?? ''
    for (const text of lines) report(text, onLine)
  }
  const timer = setInterval(look, lookEveryMs)
  return {
    stop: () => {
      clearInterval(timer)
      look()
    },
  }
}

function readFrom(file: string, position: number, length: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position)).toString()
  } finally {
    closeSync(descriptor)
  }
}

/** Greengrass puts text before a component's line; what stands there is no part of the JSON. */
function report(text: string, onLine: (line: Record<string, unknown>) => void): void {
  const start = text.indexOf('{')
  if (start < 0) return
  try {
    onLine(JSON.parse(text.slice(start)) as Record<string, unknown>)
  } catch {
    // A line of another program in the same log.
  }
}
