import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownStackAssembly } from '@rotator/infra/testing/own-stack-assembly'
import { functionNames } from '../../whole/function-calls.ts'
import type { Deed } from '../deed.ts'
import { invoke } from '../invocation.ts'
import { begin, createEvent, newSubject } from '../subject.ts'

/** Functions of an operator's own: a check that allows everything, and an authority that is never there. */
const ownCode = {
  'check.mjs': 'export const handler = async () => ({ allowed: true })\n',
  'issuer.mjs': "export const handler = async () => { throw new Error('not now') }\n",
}

/** Synthesizes the example of a stack of one's own with them. */
export async function ownTemplate(folder: string): Promise<string> {
  const codeFolder = join(folder, 'own-code')
  mkdirSync(codeFolder)
  for (const [file, code] of Object.entries(ownCode)) writeFileSync(join(codeFolder, file), code)
  return ownStackAssembly(folder, codeFolder)
}

export const ownFunctionDeeds: Deed[] = [
  {
    actor: functionNames.create,
    name: 'what checks and what issues are asked, and the device hears what they say',
    prepare: async world => {
      const subject = await newSubject(world)
      const event = await createEvent(subject, await begin(world, subject))
      return async () => invoke(world, functionNames.create, event)
    },
  },
]
