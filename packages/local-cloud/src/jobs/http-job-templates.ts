import { requiredString } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { JobTemplates } from './job-templates.ts'
import { templateDescription, templateSummary } from './job-view.ts'
import { listPage } from './list-page.ts'

const id = (call: RestCall): string => requiredString(call.params, 'jobTemplateId')

/** Job templates in the IoT API. */
export function jobTemplateOperations(templates: JobTemplates): RestOperation[] {
  const path = '/job-templates/{jobTemplateId}'
  return [
    {
      service: 'iot',
      name: 'CreateJobTemplate',
      method: 'PUT',
      path,
      handle(call) {
        const { jobTemplateArn, jobTemplateId } = templates.create(id(call), call.body)
        return { jobTemplateArn, jobTemplateId }
      },
    },
    {
      service: 'iot',
      name: 'DescribeJobTemplate',
      method: 'GET',
      path,
      handle: call => templateDescription(templates.byId(id(call))),
    },
    {
      service: 'iot',
      name: 'ListJobTemplates',
      method: 'GET',
      path: '/job-templates',
      handle: call => listPage('jobTemplates', templates.all(), call.query, templateSummary),
    },
    {
      service: 'iot',
      name: 'DeleteJobTemplate',
      method: 'DELETE',
      path,
      handle: call => templates.delete(id(call)),
    },
  ]
}
