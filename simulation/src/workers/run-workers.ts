import { Worker } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import type { News, Work } from './work.ts'

export interface Totals {
  schedules: number
  rotations: number
  succeeded: number
  faults: number
  violations: { replay: string; broken: readonly string[] }[]
}

/**
 * Runs each share in a process of its own.
 *
 * @param onNews called whenever the totals have changed. @throws where one ends before its share is done: what was not run shows nothing
 */
export async function runWorkers(
  shares: readonly Work[],
  blueprint: Blueprint,
  onNews: (totals: Totals) => void,
): Promise<Totals> {
  const totals: Totals = { schedules: 0, rotations: 0, succeeded: 0, faults: 0, violations: [] }
  await Promise.all(
    shares.map(async work => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), {
        workerData: { work, blueprint },
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      })
      let isDone = false
      worker.on('message', (news: News) => {
        isDone ||= news.kind === 'done'
        add(totals, news)
        onNews(totals)
      })
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject)
        worker.on('exit', code => {
          if (isDone) resolve()
          else reject(new Error(`a process of the simulation ended with ${code} before its share was done`))
        })
      })
    }),
  )
  return totals
}

function add(totals: Totals, news: News): void {
  switch (news.kind) {
    case 'progress':
      totals.schedules += news.schedules
      totals.rotations += news.rotations
      totals.succeeded += news.succeeded
      totals.faults += news.faults
      return
    case 'violation':
      totals.violations.push(news)
      return
    case 'done':
      return
  }
}
