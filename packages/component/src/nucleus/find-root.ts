import { basename, dirname } from 'node:path'

/**
 * The Greengrass root folder, told from the working directory that the nucleus gives a component:
 * `<root>/work/<component>`. The root's own path may contain `work` too.
 *
 * @returns undefined where the component was started somewhere else.
 */
export function findRoot(workingDirectory: string): string | undefined {
  const work = dirname(workingDirectory)
  return basename(work) === 'work' ? dirname(work) : undefined
}
