import type { Chaos, Fault } from '../storm.ts'

/** The operator changes his mind about a job that is open. */
const onOpenJob =
  (change: (chaos: Chaos, jobId: string) => Promise<boolean>): Fault =>
  async (chaos, { thingName }) => {
    const [execution] = chaos.jobs.open(thingName)
    if (execution === undefined) return false
    try {
      return await change(chaos, execution.jobId)
    } catch (error) {
      // It came to its end in between.
      if (error instanceof Error && /InvalidRequest|InvalidState|NotFound/u.test(error.name)) return false
      throw error
    }
  }

export const cancelJob: Fault = onOpenJob(async ({ jobs }, jobId) => {
  await jobs.cancel(jobId)
  return true
})

export const deleteJob: Fault = onOpenJob(async ({ jobs }, jobId) => {
  await jobs.delete(jobId)
  return true
})

export const timeOutJob: Fault = onOpenJob(async ({ jobs }, jobId) => jobs.timeOut(jobId))
