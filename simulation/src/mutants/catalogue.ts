import { backendMutants } from './backend-mutants.ts'
import { deviceMutants } from './device-mutants.ts'
import type { Mutant } from './mutant.ts'
import { recordMutants } from './record-mutants.ts'
import { storageMutants } from './storage-mutants.ts'
import { tokenMutants } from './token-mutants.ts'

/** Every wrong design that the simulation must notice. */
export const mutants: readonly Mutant[] = [
  ...storageMutants,
  ...tokenMutants,
  ...deviceMutants,
  ...recordMutants,
  ...backendMutants,
]

/** @throws where there is none of that name */
export function findMutant(name: string): Mutant {
  const found = mutants.find(mutant => mutant.name === name)
  if (found === undefined) {
    throw new Error(`there is no mutant ${name}; there are ${mutants.map(one => one.name).join(', ')}`)
  }
  return found
}
