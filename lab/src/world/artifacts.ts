import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildComponent } from '@rotator/component/build'
import { synth } from '@rotator/infra/synth'

/** What is deployed: the backend's template with its assets, and the component's artifact with its recipe. */
export interface Artifacts {
  templateFile: string
  component: { recipe: string; artifactFolder: string }
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds both; what is built already from the same sources is taken as it is. */
export async function buildArtifacts(): Promise<Artifacts> {
  const [{ templateFile }, component] = await Promise.all([
    synth({
      outDir: join(root, 'cdk.out'),
      context: { RetireDelayInSeconds: '0', RetireHoldInSeconds: '0' },
    }),
    buildComponent(join(root, 'build', 'component')),
  ])
  const node = join(component.artifactFolder, 'node')
  if (!existsSync(node)) symlinkSync(process.execPath, node)
  return { templateFile, component }
}
