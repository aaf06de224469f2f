import { readFileSync } from 'node:fs'

/** Resident memory of a process in megabytes (10⁶ bytes), as the kernel counts it right now. */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^Rss:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  if (kibibytes === undefined)
    throw new Error(`The memory of process ${pid} cannot be read: it is not a Linux process.`)
  return (Number(kibibytes) * 1024) / 1e6
}
