import type { Situation } from '../prove/situation.ts'
import { situations } from '../prove/situations.ts'
import type { Mutant } from './mutant.ts'

/** All situations, those where the mutant shows soonest first. @throws where one of them does not exist */
export function situationsFor({ name, shows = [] }: Mutant): readonly Situation[] {
  const first = shows.map(wanted => {
    const found = situations.find(situation => situation.name === wanted)
    if (found === undefined) throw new Error(`the mutant ${name} shows in ${wanted}, which is no situation`)
    return found
  })
  return [...first, ...situations.filter(situation => !first.includes(situation))]
}
