import { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import { initialState } from '@rotator/rotation/device/derive'
import { encodeJournal } from '@rotator/rotation/device/journal'
import { service } from '@rotator/rotation/device/testing/states'
import { expect, test } from 'vitest'
import { clearWorkFolder, putJournal } from './by-hand.ts'
import { intentionOn } from './intention.ts'
import { owner } from './simulated-keys.ts'
import { rootFolder, workFolder } from './stored-identities.ts'

function disk(): SimulatedDisk {
  const made = new SimulatedDisk()
  for (const folder of ['/greengrass', rootFolder, `${rootFolder}/work`, workFolder]) {
    made.makeFolder(folder, { mode: 0o755, ...owner })
  }
  return made
}

test('what a device intends is what its journal says', () => {
  const its = disk()
  putJournal(its, encodeJournal(initialState(service('0'))))
  expect(intentionOn(its)).toBe('idle')
})

test('a device whose journal is gone or damaged is not known to be at rest before it has begun anew', () => {
  const its = disk()
  expect(intentionOn(its)).toBeUndefined()
  putJournal(its, '{"version":99}')
  expect(intentionOn(its)).toBeUndefined()
  clearWorkFolder(its)
  expect(intentionOn(its)).toBeUndefined()
})
