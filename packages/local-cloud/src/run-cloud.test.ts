import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { describe, expect, test } from 'vitest'
import { operatorKeys } from './iam/credentials.ts'
import { runCloud } from './run-cloud.ts'
import { writeFixtureStack } from './testing/fixture-stack.ts'
import { temporaryFolder } from './testing/function-bundle.ts'

test('help is printed and nothing runs', async () => {
  const lines: string[] = []
  const code = await runCloud(['--help'], Promise.resolve(), { out: line => lines.push(line), err: () => {} })
  expect([code, lines[0]]).toEqual([0, expect.stringContaining('Usage:')])
})

test('notifications, mails and problems are printed, each as a line of JSON', async () => {
  using folder = temporaryFolder()
  const stopped = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<{ endpoints: { http: string } }>()
  const events: Record<string, unknown>[] = []
  const running = runCloud(['--directory', folder.path], stopped.promise, {
    err: line => events.push({ err: line }),
    out(line) {
      const parsed = JSON.parse(line)
      if (parsed.endpoints === undefined) events.push(parsed)
      else ready.resolve(parsed)
    },
  })
  const { endpoints } = await ready.promise
  const credentials = operatorKeys
  const sns = new SNSClient({ endpoint: endpoints.http, region: 'us-east-1', credentials })
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'told' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'me@example.com' }))
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:123456789012:none' }),
  )
  await sns.send(new PublishCommand({ TopicArn, Subject: 'Hello', Message: 'you' }))
  await expect.poll(() => events.length).toBe(3)
  sns.destroy()
  stopped.resolve()
  expect(await running).toBe(0)
  expect(events).toEqual([
    { event: 'notification', topicArn: TopicArn, subject: 'Hello', message: 'you', attributes: {} },
    { event: 'mail', address: 'me@example.com', subject: 'Hello', text: 'you' },
    {
      event: 'problem',
      source: expect.stringContaining(TopicArn),
      reason: expect.stringContaining('none does not exist'),
    },
  ])
})

describe('it says what is wrong, and nothing runs on:', () => {
  async function refusal(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const printed = { out: '', err: '' }
    const code = await runCloud(args, new Promise(() => {}), {
      out: line => (printed.out += `${line}\n`),
      err: line => (printed.err += `${line}\n`),
    })
    return { code, ...printed }
  }

  test('a template that cannot be deployed', async () => {
    using folder = temporaryFolder()
    const template = writeFixtureStack(folder.path, resources =>
      Object.assign(resources, { Instance: { Type: 'AWS::EC2::Instance' } }),
    )
    expect(await refusal('--directory', folder.path, '--deploy', template)).toEqual({
      code: 1,
      out: '',
      err: 'Resource Instance: the type AWS::EC2::Instance is not in this cloud.\n',
    })
  })

  test('a template that is missing', async () => {
    using folder = temporaryFolder()
    const template = path.join(folder.path, 'none.json')
    const { code, err } = await refusal('--directory', folder.path, '--deploy', template)
    expect([code, err]).toEqual([
      1,
      `There is no template ${template}. Synthesize it, or correct its path.\n`,
    ])
  })

  test('a template that is no JSON', async () => {
    using folder = temporaryFolder()
    const template = path.join(folder.path, 'bad.template.json')
    writeFileSync(template, '{')
    const { code, err } = await refusal('--directory', folder.path, '--deploy', template)
    expect([code, err]).toEqual([1, expect.stringContaining('The template is not JSON')])
  })

  test('a directory that is a file', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'file')
    writeFileSync(file, '')
    const { code, err } = await refusal('--directory', file)
    expect([code, err]).toEqual([1, expect.stringContaining(file)])
  })

  test('a port in use', async () => {
    using folder = temporaryFolder()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, err } = await refusal('--directory', folder.path, '--mqtt-port', port)
    other.close()
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`port ${port} .*in use`))])
  })

  test('a wrong flag, with the usage', async () => {
    const { code, err } = await refusal('--colour')
    expect([code, err]).toEqual([2, expect.stringContaining('Usage: node packages/local-cloud/src/main.ts')])
  })
})
