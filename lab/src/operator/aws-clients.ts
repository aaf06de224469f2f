import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'

/** The AWS SDK clients of an operator, pointed at the local cloud. */
export interface AwsClients {
  iot: IoTClient
  data: IoTDataPlaneClient
  jobs: IoTJobsDataPlaneClient
  destroy(): void
}

/** @param endpoint such as `http://127.0.0.1:4566` */
export function awsClients(endpoint: string, region: string): AwsClients {
  const settings = {
    endpoint,
    region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
    maxAttempts: 3,
  }
  const iot = new IoTClient(settings)
  const data = new IoTDataPlaneClient(settings)
  const jobs = new IoTJobsDataPlaneClient(settings)
  return {
    iot,
    data,
    jobs,
    destroy: () => {
      jobs.destroy()
      iot.destroy()
      data.destroy()
    },
  }
}
