import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'

/** Of a function's folder, as AWS Lambda is given it: all its files, each compressed by itself. */
export const zippedBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.mjs'))
    .map(path => deflateRawSync(readFileSync(join(folder, path))).length)
    .reduce((sum, bytes) => sum + bytes, 0)
