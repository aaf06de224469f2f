import { expect, test } from 'vitest'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { FunctionHost } from './function-host.ts'

async function defectsOf(thrown: unknown): Promise<unknown[]> {
  const defects: unknown[] = []
  const handler = async () => {
    throw thrown
  }
  const host = new FunctionHost(
    new VirtualClock(0),
    () => handler,
    {},
    error => void defects.push(error),
  )
  const { functionError } = await host.invoke('create', Buffer.from('{}'))
  expect(functionError).toBe('Unhandled')
  return defects
}

test('what no function throws on purpose is told, though AWS would only repeat it', async () => {
  const mistake = new TypeError('undefined is not a function')
  expect(await defectsOf(mistake)).toEqual([mistake])
  expect(await defectsOf('a word')).toEqual(['a word'])
})

test('what AWS refuses and what a function gives up is no defect', async () => {
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
  expect(await defectsOf(throttled)).toEqual([])
  expect(await defectsOf(new Error('AWS IoT still refuses to delete certificate'))).toEqual([])
})
