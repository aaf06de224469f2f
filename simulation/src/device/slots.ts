import { findAnchors } from '@rotator/component/identities/files/anchors'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { listGenerations } from '@rotator/component/identities/files/generations'
import type { Slot } from '@rotator/rotation/device/effects'
import { certificateAt, paths, type Stored } from './stored-identities.ts'

/** The certificate that a probe of that slot would connect with. */
export async function certificateInSlot(
  device: { disk: FileSystem; stored(): Promise<Stored> },
  slot: Slot,
): Promise<string | undefined> {
  const fs = device.disk
  const { current } = await device.stored()
  if (slot === 'current') return current
  const { layout } = findAnchors(fs, paths)
  if (slot === 'pending') return certificateAt(fs, layout.pending)
  return listGenerations(fs, layout).findLast(({ certificateId }) => certificateId !== current)?.certificateId
}
