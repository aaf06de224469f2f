import type { RestOperation } from './operation.ts'

/** An operation of AWS IoT's control plane. */
export function iotOperation(
  name: string,
  method: RestOperation['method'],
  path: string,
  handle: RestOperation['handle'],
): RestOperation {
  return { service: 'iot', name, method, path, handle }
}
