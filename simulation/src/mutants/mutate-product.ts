import { registerHooks } from 'node:module'
import { type Mutant, MutantNoLongerFits, mutated } from './mutant.ts'

/**
 * Has every module that is loaded by this process from now on loaded as the mutant has it. The product has no hooks for
 * that: only the text that Node reads is another one.
 *
 * @returns to be called at the end. @throws MutantNoLongerFits where a file of the mutant was never loaded
 */
export function mutateProduct(mutant: Mutant): () => void {
  const waiting = new Set(mutant.edits.map(({ file }) => file))
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const file = mutant.edits.find(edit => url.endsWith(`/packages/${edit.file}`))?.file
      if (file === undefined) return loaded
      waiting.delete(file)
      return { ...loaded, source: mutated(mutant, file, sourceText(loaded.source)) }
    },
  })
  return () => {
    for (const file of waiting) throw new MutantNoLongerFits(mutant, `${file} was never loaded`)
  }
}

const sourceText = (source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source)
