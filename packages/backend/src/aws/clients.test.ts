import { createServer } from 'node:http'
import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot'
import { expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { briefCalls } from './clients.ts'

test('shadows, messages and job executions are asked for at the data endpoint of the account', async () => {
  const { data, jobs } = fakeClients(new FakeAws())
  const endpoint = { protocol: 'https:', hostname: 'data.example' }
  expect(await data.config.endpoint?.()).toMatchObject(endpoint)
  expect(await jobs.config.endpoint?.()).toMatchObject(endpoint)
})

test('C7: a brief call that is not answered is cut, and tried once more', async () => {
  let requests = 0
  const server = createServer(() => {
    requests += 1
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const client = new IoTClient({
    ...briefCalls,
    requestHandler: { ...briefCalls.requestHandler, requestTimeout: 20 },
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  try {
    const call = client.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }))
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(requests).toBe(2)
  } finally {
    client.destroy()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
})
