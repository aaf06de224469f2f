import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Every process with that text in its environment, its working folder or its arguments: its id and the latter. */
export function processesWith(marker: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/u.test(name))
    .flatMap(pid => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        const seen = [readFileSync(`/proc/${pid}/environ`, 'utf8'), readlinkSync(`/proc/${pid}/cwd`), command]
        return seen.some(text => text.includes(marker)) ? [`${pid} ${command}`] : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}
