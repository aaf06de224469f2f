import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { synth } from '@rotator/infra/synth'
import { type Blueprint, readBlueprint } from './blueprint.ts'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** Of the stack as it is synthesized from the sources now, beside the one that operators may have synthesized to deploy it. */
export async function deployedBlueprint(): Promise<Blueprint> {
  return readBlueprint((await synth({ outDir: join(root, 'build', 'simulated-backend') })).templatePath)
}
