import { writeFileSync } from 'node:fs'
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
  const [{ templatePath }, component] = await Promise.all([
    synth({
      outDir: join(root, 'cdk.out'),
      context: { RetireDelayInSeconds: '0', RetireHoldInSeconds: '0' },
    }),
    buildComponent(join(root, 'build', 'component')),
  ])
  writeFileSync(
    join(component.artifactFolder, 'node'),
    // On a device Node ships in the artifact; here a copy for each device would be 126 MB.
    `#!/bin/sh\nexec '${process.execPath}' "$@"\n`,
    { mode: 0o755 },
  )
  return { templateFile: templatePath, component }
}
