import { join } from 'node:path'
import { type CsrDigest, type ExecutionId, executionNumberSchema, jobIdSchema } from '@rotator/protocol/ids'
import { parseJsonWith } from '@rotator/protocol/parsed'
import { csrDigest } from '@rotator/protocol/x509/csr'
import * as v from 'valibot'
import { createDurably, ensureFolder, removeFolderOfFiles } from './durable.ts'
import type { FileSystem } from './file-system.ts'
import { fileNames, type Layout } from './layout.ts'
import { processOwner } from './process-owner.ts'

const executionSchema = v.object({ jobId: jobIdSchema, executionNumber: executionNumberSchema })

/** Empties the pending slot, which the component alone has to do with, and notes which execution its key will be for. */
export function beginPending(fs: FileSystem, { pending }: Layout, execution: ExecutionId): void {
  removeFolderOfFiles(fs, pending)
  ensureFolder(fs, pending, { mode: 0o700, ...processOwner })
  const note = Buffer.from(JSON.stringify(execution))
  createDurably(fs, join(pending, fileNames.execution), note, { mode: 0o600, ...processOwner })
}

/** @returns undefined where the key or its request is missing. */
export function readPendingCsr(
  fs: FileSystem,
  { pending }: Layout,
): { csr: string; digest: CsrDigest } | undefined {
  const path = join(pending, fileNames.request)
  if (fs.look(path) === undefined || fs.look(join(pending, fileNames.privateKey)) === undefined)
    return undefined
  const csr = fs.read(path).toString()
  return { csr, digest: csrDigest(csr) }
}

/** Whether this component made the key of a generation; without one there is nothing that it made. */
export const isMadeHere = (fs: FileSystem, generation: { folder: string } | undefined): boolean =>
  generation !== undefined && fs.look(join(generation.folder, fileNames.execution)) !== undefined

/** The execution that the key in a folder was made for, where that is noted. */
export function readExecution(fs: FileSystem, folder: string): ExecutionId | null {
  const path = join(folder, fileNames.execution)
  if (fs.look(path) === undefined) return null
  const parsed = parseJsonWith(executionSchema, fs.read(path).toString())
  return parsed.ok ? parsed.value : null
}
