import { type Account, arn } from '../account.ts'
import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { optionalString, requiredString } from '../api/input.ts'
import type { Clock } from '../clock.ts'
import type { Job } from './job.ts'
import { type JobConfiguration, parseConfiguration } from './job-configuration.ts'
import { parseDocument } from './job-document.ts'
import { checkedId, type Members, refuseMembers } from './members.ts'

export interface JobTemplate {
  readonly jobTemplateId: string
  readonly jobTemplateArn: string
  readonly description: string
  readonly document: string
  readonly configuration: JobConfiguration
  readonly createdAtMs: number
}

/** Job templates: what jobs are made from, copied into them and never linked. */
export interface JobTemplates {
  create(jobTemplateId: string, body: Members): JobTemplate
  byId(jobTemplateId: string): JobTemplate
  byArn(jobTemplateArn: string): JobTemplate
  all(): JobTemplate[]
  delete(jobTemplateId: string): void
}

export function createJobTemplates(deps: {
  account: Account
  clock: Clock
  jobs: ReadonlyMap<string, Job>
}): JobTemplates {
  const templates = new Map<string, JobTemplate>()

  function byId(jobTemplateId: string): JobTemplate {
    const template = templates.get(jobTemplateId)
    if (template === undefined) throw resourceNotFound(`Job template ${jobTemplateId} not found.`)
    return template
  }

  return {
    create(jobTemplateId, body) {
      refuseMembers(body, ['documentSource', 'maintenanceWindows', 'destinationPackageVersions'])
      const original = jobOf(deps.jobs, body)
      const document = optionalString(body, 'document') ?? original?.document
      if (document === undefined)
        throw invalidRequest('A job template needs a document, a documentSource or a jobArn.')
      parseDocument(document)
      const jobTemplateArn = arn(
        deps.account,
        'iot',
        `jobtemplate/${checkedId('jobTemplateId', jobTemplateId)}`,
      )
      const template: JobTemplate = {
        jobTemplateId,
        jobTemplateArn,
        description: requiredString(body, 'description'),
        document,
        configuration: { ...original?.configuration, ...parseConfiguration(body) },
        createdAtMs: deps.clock.now(),
      }
      if (templates.has(jobTemplateId))
        throw new AwsError('ConflictException', 409, `Job template ${jobTemplateId} already exists.`, {
          resourceId: jobTemplateId,
        })
      templates.set(jobTemplateId, template)
      return template
    },
    byId,
    byArn: jobTemplateArn => byId(jobTemplateArn.slice(jobTemplateArn.lastIndexOf('/') + 1)),
    all: () => [...templates.values()],
    delete(jobTemplateId) {
      byId(jobTemplateId)
      templates.delete(jobTemplateId)
    },
  }
}

function jobOf(jobs: ReadonlyMap<string, Job>, body: Members): Job | undefined {
  const jobArn = optionalString(body, 'jobArn')
  if (jobArn === undefined) return undefined
  const job = jobs.get(jobArn.slice(jobArn.lastIndexOf('/') + 1))
  if (job === undefined) throw resourceNotFound(`Job ${jobArn} not found.`)
  return job
}
