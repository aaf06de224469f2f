/** What AWS CodeBuild does in a project, as its reference of buildspec version 0.2 has it; the parts that are used. */
export interface Buildspec {
  version: 0.2
  env?: { 'exported-variables': readonly string[] }
  phases: Readonly<Partial<Record<PhaseName, Phase>>>
  /** Files of results, by the ARN of the report group that they go to. */
  reports?: Readonly<Record<string, Report>>
  /** What the next stages get. */
  artifacts?: { 'base-directory'?: string; files: readonly string[] }
}

/**
 * In the order in which they run. A command that fails ends the build here; AWS CodeBuild would still run a phase
 * `post_build` after a failed `build`, so nothing stands there.
 */
export const phaseNames = ['install', 'pre_build', 'build'] as const
export type PhaseName = (typeof phaseNames)[number]

export interface Phase {
  'runtime-versions'?: Readonly<Record<string, number>>
  /** Each is a line for the shell, in one shell for all of a project. */
  commands?: readonly string[]
}

interface Report {
  'base-directory': string
  files: readonly string[]
  'file-format': 'JUNITXML'
}

/** Starts npm; what the project itself runs on comes with its packages. */
export const withNode = { nodejs: 22 }
