import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FunctionConfiguration } from '../lambda/function-configuration.ts'

/** A folder for one test, removed when the test ends. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-cloud-'))
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Describes a function whose code is nowhere. */
export function functionWithoutCode(
  name: string,
  more: Partial<FunctionConfiguration> = {},
): FunctionConfiguration {
  return {
    name,
    arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    roleArn: 'arn:aws:iam::123456789012:role/r',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    codeDirectory: '/',
    codeSha256: '',
    timeoutSeconds: 3,
    memoryMb: 128,
    environment: {},
    ...more,
  }
}

/** Writes a bundle of one file and describes a function that runs it. */
export function functionFromSource(
  folder: string,
  source: string,
  more: Partial<FunctionConfiguration> = {},
): FunctionConfiguration {
  writeFileSync(path.join(folder, 'index.mjs'), source)
  return functionWithoutCode(more.name ?? 'f', {
    codeDirectory: folder,
    codeSha256: createHash('sha256').update(source).digest('base64'),
    timeoutSeconds: 10,
    ...more,
  })
}
