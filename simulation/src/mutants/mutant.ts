/** The product made wrong in one point of its design. Each must be noticed by the simulation. */
export interface Mutant {
  /** As it is called on the command line. */
  name: string
  /** What is wrong with it, in one sentence. */
  breaks: string
  edits: readonly Edit[]
  /** Situations to look at before all others, because it shows there soonest. */
  shows?: readonly string[]
}

/** A change of a source text: what is found there, exactly once, gives way to something else. */
export interface Edit {
  /** From the folder of the packages on: `rotation/src/record/commit.ts`. */
  file: string
  find: string
  replace: string
}

/** The product has changed since the mutant was written, so that it would prove nothing any more. */
export class MutantNoLongerFits extends Error {
  override name = 'MutantNoLongerFits'

  constructor({ name }: Mutant, problem: string) {
    super(`the mutant ${name} no longer fits: ${problem}; write it anew for the product as it is`)
  }
}

/** @throws MutantNoLongerFits */
export function mutated(mutant: Mutant, file: string, source: string): string {
  let text = source
  for (const { find, replace } of mutant.edits.filter(edit => edit.file === file)) {
    const [before, after, ...more] = text.split(find)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new MutantNoLongerFits(mutant, `${file} has this not exactly once:\n${find}`)
    }
    text = before + replace + after
  }
  return text
}
