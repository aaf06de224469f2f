import process from 'node:process'
import { findMutant } from './catalogue.ts'
import { mutateProduct } from './mutate-product.ts'

// A process of its own for one mutant: `hunt-main.ts <mutant> <template> <most runs>`. It tells its parent what it found.
const [, , name = '', templatePath = '', most = '0'] = process.argv
const assertAllWasMutated = mutateProduct(findMutant(name))
const { startHunt } = await import('./start-hunt.ts')
const found = await startHunt(templatePath, Number(most))
assertAllWasMutated()
process.send?.(found)
process.disconnect()
