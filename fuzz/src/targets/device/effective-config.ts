import { readEffectiveConfig } from '@rotator/component/nucleus/effective-config'
import { isMap, isScalar, parseDocument, stringify } from 'yaml'
import { linesOf, textOf } from '../../mutation/text.ts'
import { claim, type Target } from '../../target.ts'
import { type Setting, settingNames, settings } from './settings.ts'

const words = [
  ...`system:¦  certificateFilePath: ¦  privateKeyPath: ¦ ¦\t¦\r¦# ¦ #¦"¦'`.split('¦'),
  ...'&a¦*a¦|¦>¦!!str ¦- ¦? ¦: ¦---¦...¦%YAML 1.2¦{¦}¦[¦]'.split('¦'),
  ...`\\x41 \\u0041 \\" '' ~ null \u0085 \u00A0 \u2028 \uFEFF`.split(' '),
]

/** `effectiveConfig.yaml`, the nucleus's configuration as it was last written out. */
export const effectiveConfig: Target = {
  name: 'effective-config',
  mutate: linesOf(textOf(words)),
  execute(input) {
    const text = input.toString()
    const read = readEffectiveConfig(text, settings)
    const expected = isOrdinary(text) ? valuesOf(text) : undefined
    for (const name of settingNames) {
      const value = read[name]
      claim(value === undefined || typeof value === 'string', `${name} is no text`)
      if (value === undefined || expected === undefined) continue
      claim(value === expected[name], `${name} is ${value}, and YAML says ${String(expected[name])}`)
      claimRewritten(name, value)
    }
    const form = expected === undefined ? 'not as the nucleus writes' : 'ordinary'
    return `${form} ${settingNames.map(name => (name in read ? name : '-')).join()}`
  },
  seeds: () => ({
    plain: document({ certificateFilePath: '/greengrass/v2/thingCert.crt', privateKeyPath: '/k' }),
    quoted: document({ certificateFilePath: 'C:\\gg\\cert # 1.pem', privateKeyPath: "/it's: a key" }),
    uris: document({ certificateFilePath: 'file:///a%20b', privateKeyPath: 'pkcs11:object=x;type=private' }),
    empty: document({ certificateFilePath: '', privateKeyPath: '' }),
  }),
}

const document = (system: Record<string, string>): string =>
  stringify({
    services: { 'aws.greengrass.Nucleus': { configuration: { awsRegion: 'eu-west-1' } } },
    system: { ...system, rootCaPath: '/greengrass/v2/rootCA.pem', thingName: 'dev1' },
  })

/**
 * Whether the text is of the form in which the nucleus writes: block mappings of settings that each end in their own
 * line. Only of such a text must the reading be that of YAML; the file is written by the nucleus and by nobody else.
 */
function isOrdinary(text: string): boolean {
  return text
    .split('\n')
    .every(
      line => /^ *[A-Za-z][\w.]*: ?(?:$|[A-Za-z/][ -9;-~]*$|"[^"\\]*"$|'[^']*'$)/u.test(line) || line === '',
    )
}

/** What YAML finds of the settings, names without case; undefined where the text is none, or says a name twice. */
function valuesOf(text: string): Partial<Record<Setting, string>> | undefined {
  const parsed = parseDocument(text.toLowerCase(), { logLevel: 'silent' })
  const exact = parseDocument(text, { logLevel: 'silent' })
  if (parsed.errors.length > 0 || exact.errors.length > 0) return undefined
  const values: Partial<Record<Setting, string>> = {}
  for (const name of settingNames) {
    const node = settings[name].reduce<unknown>(memberOf, exact.contents)
    if (isScalar(node) && node.value !== null) values[name] = node.source ?? JSON.stringify(node.value)
  }
  return values
}

function memberOf(node: unknown, name: string): unknown {
  if (!isMap(node)) return undefined
  return node.items.findLast(
    ({ key }) => isScalar(key) && String(key.value).toLowerCase() === name.toLowerCase(),
  )?.value
}

/** A value that was read is read again when YAML writes it, however it must be quoted. */
function claimRewritten(name: Setting, value: string): void {
  for (const defaultStringType of ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'] as const) {
    const tree = settings[name].reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
    const text = stringify(tree, { defaultStringType, lineWidth: 0 })
    const again = readEffectiveConfig(text, settings)[name]
    claim(again === value || text.includes('|'), `${text} is read as ${again}`)
  }
}
