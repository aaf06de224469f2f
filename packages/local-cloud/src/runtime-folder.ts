import { existsSync } from 'node:fs'
import path from 'node:path'

/** The nearest folder upwards whose `node_modules` hold the AWS SDK, which Lambda's runtime brings with it. */
export function runtimeFolder(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', '@aws-sdk'))) return folder
    if (folder === path.dirname(folder)) return from
  }
}
