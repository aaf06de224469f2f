import { isDeepStrictEqual } from 'node:util'
import { readTransactionLog } from '@rotator/component/nucleus/transaction-log'
import { jsonOf } from '../../mutation/json.ts'
import { linesOf } from '../../mutation/text.ts'
import { claim, type Target } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'
import { settingNames, settings } from './settings.ts'

const words = [
  ...'TS TP W V SYSTEM changed removed interiorAdded 8443'.split(' '),
  ...Object.values(settings).flat(),
]

/** `config.tlog`, the log of changes from which the classic nucleus starts. */
export const transactionLog: Target = {
  name: 'transaction-log',
  mutate: linesOf(jsonOf(words)),
  execute(input) {
    const text = input.toString()
    const read = { ...readTransactionLog(text, settings) }
    const expected = replay(text)
    claim(isDeepStrictEqual(read, expected), `${JSON.stringify(read)} instead of ${JSON.stringify(expected)}`)
    return settingNames.map(name => (read[name] === undefined ? 'not given' : typeof read[name])).join()
  },
  seeds: () => ({
    installed: [
      '{"TS":1,"TP":["system"],"W":"interiorAdded"}',
      '{"TS":1767225600000,"TP":["system","certificateFilePath"],"W":"changed","V":"/greengrass/v2/thingCert.crt"}',
      '{"TS":1767225600000,"TP":["system","privateKeyPath"],"W":"changed","V":"/greengrass/v2/privKey.key"}',
      '{"TS":1767225600000,"TP":["services","main","dependencies"],"W":"changed","V":["a:HARD"]}',
      '{"TS":2,"TP":["services","aws.greengrass.Nucleus","configuration","mqtt","port"],"W":"changed","V":443}',
      '',
    ].join('\n'),
    provisioned: [
      '{"TS":0,"TP":["system","certificateFilePath"],"W":"changed","V":""}',
      '{"TS":5,"TP":["SYSTEM","CERTIFICATEFILEPATH"],"W":"changed","V":"file:///a b/c.pem"}',
      '{"TS":6,"TP":["system","privateKeyPath"],"W":"changed","V":"pkcs11:object=x;type=private"}',
      '{"TS":7,"TP":["system","privateKeyPath"],"W":"removed"}',
      '{"TS":8,"TP":["system"],"W":"removed"}',
      '{"TS":9,"TP":["system","certificateFilePath"],"W":"changed","V":"/late.pem"}',
      '{"TS":9,"TP":["services","aws.greengrass.Nucleus"],"W":"removed"}',
      '',
    ].join('\n'),
  }),
}

/** The same rules once more, change by change over paths that are one text each. */
function replay(text: string): Record<string, string | null> {
  const changes = text.split('\n').flatMap(line => {
    const entry = Object(jsonOrNothing(line))
    const path: unknown = entry.TP
    const isPath = Array.isArray(path) && path.every(name => typeof name === 'string')
    return typeof entry.TS === 'number' && typeof entry.W === 'string' && isPath
      ? [{ at: entry.TS, path: whole(path), what: entry.W, value: entry.V }]
      : []
  })
  const values: Record<string, string | null> = {}
  for (const name of settingNames) {
    const own = whole(settings[name])
    let newest = 0
    for (const { at, path, what, value } of changes) {
      const isRemoval = what === 'removed' && path !== '' && own.startsWith(path)
      const isChange = what === 'changed' && path === own
      if ((!isRemoval && !isChange) || at < newest) continue
      newest = at
      const isScalar = value !== null && typeof value !== 'object' && value !== undefined
      values[name] = isChange && isScalar ? String(value) : null
    }
  }
  return values
}

/** Each name with an end to it, so that no name is taken for the beginning of another. */
const whole = (path: readonly string[]): string =>
  path.map(name => `${JSON.stringify(name.toLowerCase())}/`).join('')
