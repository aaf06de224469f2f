import { buildspecs } from './buildspecs.ts'
import { workflow } from './workflow.ts'

/** A command that some automation runs. */
export interface AutomationCommand {
  command: string
  /** Each project of the pipeline, and each job of the workflow, that runs it. */
  by: string[]
}

/** Every command of every buildspec and of the workflow once, in an order that suits each of them. */
export function automationCommands(): AutomationCommand[] {
  const all = new Map<string, AutomationCommand>()
  const add = (by: string, commands: readonly string[]) => {
    for (const command of commands) {
      const known = all.get(command) ?? { command, by: [] }
      known.by.push(by)
      all.set(command, known)
    }
  }
  for (const [project, { phases }] of Object.entries(buildspecs())) {
    const { install, pre_build: preBuild, build } = phases
    add(
      project,
      [install, preBuild, build].flatMap(phase => phase?.commands ?? []),
    )
  }
  for (const [job, { steps }] of Object.entries(workflow().jobs)) {
    add(
      `workflow ${job}`,
      steps.flatMap(step => ('run' in step ? step.run.trimEnd().split('\n') : [])),
    )
  }
  return [...all.values()]
}
