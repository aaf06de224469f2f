import type { Blueprint } from '../cloud/blueprint.ts'
import type { Fates, Fault } from '../faults/fault.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { rotatePartners } from '../version-one/partners/scenario.ts'
import { play } from './play.ts'
import { situations } from './situations.ts'

/** One kind of run as a function of its faults. */
export interface Course {
  name: string
  /** Faults that may come on top of it. */
  isWanted: (fault: Fault) => boolean
  run: (
    blueprint: Blueprint,
    fates: Fates,
    storyOf?: (clock: VirtualClock) => Story,
  ) => Promise<{ broken: readonly string[]; world: { rows: Iterable<string>; edges: Iterable<string> } }>
}

/** Version 1 has no way back from these: its device has deleted OLD by then. */
const strandVersionOne: readonly Fault[] = ['new-deactivated', 'new-refused']

/** Every situation, and rotations with version 1 on either side. */
export const courses: readonly Course[] = [
  ...situations.map(
    (situation): Course => ({
      name: situation.name,
      isWanted: () => situation.withFaults === true,
      run: (blueprint, fates, storyOf) => play(blueprint, situation, fates, storyOf),
    }),
  ),
  {
    name: 'our-device-on-a-version-1-backend',
    isWanted: () => true,
    run: (blueprint, fates, storyOf) =>
      rotatePartners({ device: 'ours', backend: 'v1', blueprint }, fates, storyOf),
  },
  {
    name: 'a-version-1-device-on-our-backend',
    isWanted: fault => !strandVersionOne.includes(fault),
    run: (blueprint, fates, storyOf) =>
      rotatePartners({ device: 'v1', backend: 'ours', blueprint }, fates, storyOf),
  },
]
