import type { Permission } from '../permission.ts'

/** What every function needs that orders rotations by itself: to know who can be rotated, and to make the job. */
export const orderingPermissions: readonly Permission[] = [
  { actions: ['iot:ListThingGroupsForThing', 'iot:ListJobExecutionsForThing'], on: 'things' },
  { actions: ['iot:GetJobDocument'], on: 'jobs' },
  // What has become of those that were ordered before.
  { actions: ['iot:ListJobs'], on: 'any' },
  { actions: ['iot:DescribeJob'], on: 'triggered-jobs' },
  // For a job of an id that the triggers give, on things, from a template: AWS asks for the right on each.
  { actions: ['iot:CreateJob'], on: 'triggered-jobs' },
  { actions: ['iot:CreateJob'], on: 'things' },
  { actions: ['iot:CreateJob'], on: 'job-template' },
]

/** For those that start from certificates. */
export const certificatePermissions: readonly Permission[] = [
  // ListPrincipalThingsV2 is documented under the older action, and has one of its own name.
  { actions: ['iot:ListPrincipalThings', 'iot:ListPrincipalThingsV2'], on: 'any' },
  { actions: ['iot:GetThingShadow'], on: 'records' },
]
