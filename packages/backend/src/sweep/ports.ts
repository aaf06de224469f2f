import type { IoTClient } from '@aws-sdk/client-iot'
import type { LambdaClient } from '@aws-sdk/client-lambda'
import { lambdaContinuations } from '../aws/continuations.ts'
import type { Environment } from '../aws/environment.ts'
import { iotJobs } from '../aws/jobs.ts'
import { iotThings } from '../aws/things.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'

type SweepPorts = Pick<
  SweepDependencies,
  'jobs' | 'things' | 'continuations' | 'jobTemplateId' | 'holdSeconds' | 'sweepTimes'
>

/** What a sweep needs beside the ports that every function has. */
export const sweepPorts = (
  environment: Environment,
  { iot, lambda }: { iot: IoTClient; lambda: LambdaClient },
): SweepPorts => ({
  jobs: iotJobs(iot),
  things: iotThings(iot),
  continuations: lambdaContinuations(lambda, environment.text('SWEEP_FUNCTION_NAME')),
  jobTemplateId: environment.text('JOB_TEMPLATE_ID'),
  holdSeconds: environment.seconds('RETIRE_HOLD_SECONDS'),
  sweepTimes: {
    everySeconds: environment.seconds('SWEEP_EVERY_SECONDS'),
    roundSeconds: environment.seconds('SWEEP_ROUND_SECONDS'),
    graceSeconds: environment.seconds('SWEEP_GRACE_SECONDS'),
  },
})
