import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import { SNSClient } from '@aws-sdk/client-sns'
import { versionOneBackend } from './backend.ts'

const iot = new IoTClient()
const { endpointAddress } = await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }))
const endpoint = `https://${endpointAddress}`
const clients = {
  iot,
  data: new IoTDataPlaneClient({ endpoint }),
  jobs: new IoTJobsDataPlaneClient({ endpoint }),
  sns: new SNSClient(),
}

export const { create, commit, finish } = versionOneBackend(clients, process.env['SNS_TOPIC_ARN'] ?? '')
