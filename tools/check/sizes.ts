import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lines that a file may have; a longer one is split at a reason to change. */
const limits = { source: 400, test: 600, entry: 20, sourceMedian: 100 }

const programs = ['lab', 'bench', 'simulation', 'fuzz'].map(name => `${name}/src`)

/** @returns one sentence for each file, or for the median, that is over its limit */
export function oversized(root: string): string[] {
  const sizes = sourcesIn(root).map(file => ({
    file,
    lines: readFileSync(`${root}/${file}`, 'utf8').split('\n').length - 1,
  }))
  const sources = sizes.filter(({ file }) => !isTest(file))
  return [
    ...sizes
      .filter(({ file, lines }) => lines > limitOf(file))
      .map(({ file, lines }) => `${file} has ${lines} lines; the limit is ${limitOf(file)}.`),
    ...(median(sources.map(({ lines }) => lines)) > limits.sourceMedian
      ? [`The median source file has more than ${limits.sourceMedian} lines.`]
      : []),
  ]
}

/** A process entry of a package has no tests of its own, so it must be too short to be wrong. */
function limitOf(file: string): number {
  if (isTest(file)) return limits.test
  return /^packages\/.*\/main\.ts$/u.test(file) ? limits.entry : limits.source
}

const isTest = (file: string): boolean => file.endsWith('.test.ts')

/** Found in the folders, since a checkout of the pipeline has no history that git could be asked about. */
function sourcesIn(root: string): string[] {
  const packages = readdirSync(join(root, 'packages')).map(name => `packages/${name}/src`)
  return [...packages, ...programs, 'tools']
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path}`),
    )
    .filter(file => file.endsWith('.ts'))
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
