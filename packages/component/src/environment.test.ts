import { describe, expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const variables = {
  AWS_IOT_THING_NAME: 'a:b_c-1',
  AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: '/greengrass/v2/ipc.socket',
  SVCUID: 'TOKEN',
}
const workFolder = '/greengrass/v2/work/component'

describe('what Greengrass gives a component', () => {
  test('is read with every character that a thing name may have, and the token stays secret', () => {
    const environment = readEnvironment(variables, workFolder)
    expect(environment).toMatchObject({
      ok: true,
      value: {
        thingName: 'a:b_c-1',
        socketPath: '/greengrass/v2/ipc.socket',
        workFolder,
        root: '/greengrass/v2',
      },
    })
    expect(JSON.stringify(environment)).not.toContain('TOKEN')
    expect(environment.ok && environment.value.authToken.reveal()).toBe('TOKEN')
  })

  test('a socket path that is too long for a socket is made relative', () => {
    const root = `/${'long/'.repeat(30)}v2`
    const long = { ...variables, AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: `${root}/ipc.socket` }
    expect(readEnvironment(long, `${root}/work/component`)).toMatchObject({
      value: { socketPath: '../../ipc.socket' },
    })
  })

  test.each([
    ['a thing name', { AWS_IOT_THING_NAME: '' }, workFolder],
    ['a socket', { AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: undefined }, workFolder],
    ['a token', { SVCUID: '' }, workFolder],
    ['a work folder', {}, '/home/me'],
  ])('without %s it was not Greengrass that started it', (_name, changes, folder) => {
    expect(readEnvironment({ ...variables, ...changes }, folder)).toEqual({
      ok: false,
      problem: expect.stringContaining('not started by Greengrass'),
    })
  })
})
