import type { WriteStream } from 'node:tty'

/** One line that is written over again, where somebody looks at it. @returns shows a text; an empty one clears the line */
export function progressLine(
  terminal: Pick<WriteStream, 'isTTY' | 'write' | 'clearLine' | 'cursorTo'>,
): (text: string) => void {
  if (!terminal.isTTY) return () => {}
  return text => {
    terminal.clearLine(0)
    terminal.cursorTo(0)
    terminal.write(text)
  }
}
