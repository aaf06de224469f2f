import type { Permission } from '../permission.ts'

/** What `main.ts` makes possible by the ports that it wires. */
export const permissions: readonly Permission[] = [
  { actions: ['iot:ListJobs', 'iot:ListThings'], on: 'any' },
  { actions: ['iot:DescribeJobTemplate'], on: 'job-template' },
  { actions: ['iot:GetJobDocument', 'iot:ListJobExecutionsForJob'], on: 'jobs' },
  // Of a job's execution on a thing: AWS asks for the right on either.
  { actions: ['iot:DescribeJobExecution'], on: 'jobs' },
  { actions: ['iot:DescribeJobExecution'], on: 'things' },
  { actions: ['iot:ListJobExecutionsForThing'], on: 'things' },
  { actions: ['iot:GetThingShadow', 'iot:UpdateThingShadow'], on: 'records' },
  { actions: ['iotjobsdata:DescribeJobExecution'], on: 'things' },
  { actions: ['sns:Publish'], on: 'notifications' },
  { actions: ['sqs:SendMessage'], on: 'retire-queue' },
  { actions: ['lambda:InvokeFunction'], on: 'sweep-function' },
]
