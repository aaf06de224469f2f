import type { Stack } from 'aws-cdk-lib'
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Buildspec } from '../buildspec.ts'

/** What stages hand on to each other. */
export type ArtifactName = 'Source' | 'Backend' | 'Component' | 'Results'

/** One project of AWS CodeBuild: what it runs, and what it may call for that. */
export interface ProjectParts {
  /** The last part of its name. */
  word: string
  timeoutMinutes: number
  /** What the report group is called where it has results of tests, after the project's own name. */
  report?: string
  /** Variables of the environment by what the pipeline calls their values. */
  environment?: Readonly<Record<string, 'ThingGroupName' | 'PcaCaId' | 'BackendSettings'>>
  /** Artifacts by their names: it starts in the first, and gets the others beside it. */
  takes: readonly ArtifactName[]
  /** What it makes. */
  gives?: ArtifactName
  /** @param reportArn of its report group; empty where it has none */
  buildspec(reportArn: string): Buildspec
  /** Why some of its statements name resources by patterns. */
  patternsBecause: string
  /** What its commands call, beside its log, its reports and the pipeline's bucket. */
  permissions(stack: Stack, chosen: { pcaCaId: string; thingGroupName: string }): PolicyStatement[]
}
