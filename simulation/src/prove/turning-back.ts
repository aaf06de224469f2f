import type { Stage } from './stage.ts'

/** Ways to bring a device where a rotation without faults never comes. */

export const newOf = ({ record }: Stage): string =>
  record.progress === 'none' ? '' : (record.newCertificateId ?? '')

export const oldOf = ({ record }: Stage): string =>
  record.progress === 'none' ? '' : (record.oldCertificateId ?? '')

/** NEW is refused as soon as it is in place, so that the device goes back. */
export function refuseOnceInstalled(stage: Stage): void {
  stage.at('after install', undefined, () => {
    stage.refuse(newOf(stage), true)
  })
}

/** The endpoint changes its mind as the device is back on OLD: it refuses OLD and accepts NEW. */
export async function refuseOldInstead(stage: Stage): Promise<void> {
  refuseOnceInstalled(stage)
  await stage.phase('consent')
  stage.refuse(oldOf(stage), true)
  stage.refuse(newOf(stage), false)
}
