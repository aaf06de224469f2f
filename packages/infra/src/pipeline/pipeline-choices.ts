import { CfnParameter } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { type PipelineChoiceName, type PipelineSettings, pipelineChoices } from './pipeline-settings.ts'

/** What is chosen for a pipeline: in the context of its synthesis, or else by parameters when it is deployed. */
export class PipelineChoices extends Construct {
  readonly #settings: PipelineSettings
  readonly #parameters = new Map<PipelineChoiceName, string>()

  constructor(scope: Construct, id: string, settings: PipelineSettings) {
    super(scope, id)
    this.#settings = settings
  }

  /** @returns the value, or what AWS CloudFormation puts the value in for */
  choiceOf(name: PipelineChoiceName): string {
    const said = this.#settings[name] ?? this.#parameters.get(name)
    if (said !== undefined) return said
    const { description, pattern, like, ...rest } = pipelineChoices[name]
    const parameter = new CfnParameter(this, name, {
      type: 'String',
      description,
      allowedPattern: pattern.source,
      constraintDescription: `must be ${like}`,
      ...('mayLack' in rest && { default: '' }),
    })
    parameter.overrideLogicalId(name)
    this.#parameters.set(name, parameter.valueAsString)
    return parameter.valueAsString
  }
}
