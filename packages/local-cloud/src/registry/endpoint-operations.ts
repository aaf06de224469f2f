import { invalidRequest } from '../api/aws-error.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestOperation } from '../api/operation.ts'

/** Where each kind of endpoint is, `host` or `host:port`, as clients put it behind `https://`. */
export interface Endpoints {
  data: string
  jobs: string
  credentialProvider: string
}

/** @param endpoints asked at each call, as ports are known only once the listeners listen */
export function endpointOperations(endpoints: () => Endpoints): RestOperation[] {
  return [
    iotOperation('DescribeEndpoint', 'GET', '/endpoint', ({ query }) => ({
      endpointAddress: endpointOf(query.get('endpointType') ?? 'iot:Data', endpoints()),
    })),
  ]
}

function endpointOf(type: string, endpoints: Endpoints): string {
  switch (type) {
    case 'iot:Data':
    case 'iot:Data-ATS':
      return endpoints.data
    case 'iot:Jobs':
      return endpoints.jobs
    case 'iot:CredentialProvider':
      return endpoints.credentialProvider
    default:
      throw invalidRequest(`The endpoint type ${type} is not known`)
  }
}
