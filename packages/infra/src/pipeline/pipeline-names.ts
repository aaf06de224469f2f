import { stackName } from '@rotator/protocol/names'

/** The stack, the pipeline in it, and the beginning of every name of a resource of it: those of version 1. */
export const pipelineName = `${stackName}Pipeline`

/** The physical name of a resource of the pipeline. */
export const pipelineNameOf = (word: string): string => `${pipelineName}${word}`
