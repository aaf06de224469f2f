import type { ObjectName } from './token.ts'

/** Which slot an object of the device's identities is in stands in its label alone; a pair has one CKA_ID, whatever its slot. */
export interface Labels {
  /** The one in the nucleus configuration. */
  current: string
  pending: string
  /** Whatever was current before, or is to be current again. */
  previous: string
  /** Where a version 1 component keeps OLD from before its switch until the commit was accepted. */
  versionOneBackup: string
  /** Of the data object that tells of the rotation under way. */
  note: string
}

/** Version 1 names its pending key as this does, and destroys it as readily. */
export const labelsFor = (current: string): Labels => ({
  current,
  pending: `${current}.pending`,
  previous: `${current}.previous`,
  versionOneBackup: `${current}.bak`,
  note: `${current}.rotation`,
})

/** All slots, the current one first. */
export const slotLabels = ({ current, pending, previous, versionOneBackup }: Labels): string[] => [
  current,
  pending,
  previous,
  versionOneBackup,
]

/** @param id in hexadecimal */
export const nameOf = (label: string, id: string): ObjectName => ({ label, id: Buffer.from(id, 'hex') })
