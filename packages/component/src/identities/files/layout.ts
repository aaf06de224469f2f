import { join } from 'node:path'

/** What stands in a generation's folder; the others say where it comes from. */
export const fileNames = {
  certificate: 'certificate.pem',
  privateKey: 'private-key.pem',
  request: 'request.pem',
  /** Which job execution the key was made for. */
  execution: 'execution.json',
  /** Marks what a version 1 component had backed up, in the middle of a rotation that this one is to finish. */
  versionOne: 'version-1-backup',
} as const

/** Where everything lies: all of it beside the configured certificate, so that it outlives the component. */
export interface Layout {
  /** The folder of the generations `1`, `2`, … */
  identities: string
  /** The one link that says which generation is in use. */
  current: string
  /** The key and the request of a rotation under way. */
  pending: string
  /** Present where the configured files are copies of a generation, because links cannot serve. */
  copiesMark: string
}

/** @param folder where the configured certificate is. */
export function layoutIn(folder: string): Layout {
  const identities = join(folder, 'identities')
  return {
    identities,
    current: join(identities, 'current'),
    pending: join(identities, 'pending'),
    copiesMark: join(identities, 'copies'),
  }
}
