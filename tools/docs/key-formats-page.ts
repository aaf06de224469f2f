import { refusedInHsm, refusedOnWindows } from '@rotator/component/keys/key-home'
import {
  type KeyFormat,
  type KeyFormatId,
  keyFormats,
  refusalOf,
} from '@rotator/local-core/nucleus/key-formats'
import { type KeyAlgorithm, keyAlgorithms } from '@rotator/protocol/algorithms'
import { code, markdownTable, page } from './markdown.ts'

/** What a nucleus makes of its key's file, and so what the component writes. */
export function keyFormatsPage(): string {
  return page(
    'Forms of private keys',
    'The classic nucleus hands the file of its private key to two libraries: to AWS’s C library for the connection over MQTT, and to Java’s for credentials and the data plane. A form that one of them refuses is of no use, so the component writes RSA in PKCS#1 and EC in PKCS#8, with nothing beside the key. The local core refuses what this table refuses.',
    'Nucleus Lite reads it with OpenSSL, which takes PKCS#1, PKCS#8 and SEC1 alike.',
    markdownTable(
      ['a key', 'MQTT, Linux', 'MQTT, Windows', 'Java', 'usable'],
      (Object.keys(keyFormats) as KeyFormatId[]).map(rowOf),
    ),
    'MQTT on Linux is measured with aws-crt 1.33.1, and a test repeats it. MQTT on Windows was read in `source/windows/windows_pki_utils.c` of aws-c-io, whose [issue 260](https://github.com/awslabs/aws-c-io/issues/260) tells of PKCS#8 there; it reads RSA in it since 0.14.20 of October 2024. Java is measured on JDK 17 with `EncryptionUtils.loadPrivateKeyPair` of the nucleus, as of July 2026: it cuts out the two lines around the key and decodes the rest of the file as Base64, so any other word in the file spoils the key.',
    '## Where a device can use which keyAlgorithm',
    markdownTable(
      ['keyAlgorithm', 'files, Linux', 'files, Windows', 'HSM, Linux'],
      (Object.keys(keyAlgorithms) as KeyAlgorithm[]).map(name => [
        code(name),
        'yes',
        yesUnless(refusedOnWindows(name)),
        yesUnless(refusedInHsm(name), 'where the token has it'),
      ]),
    ),
    'A deployment of another is rejected, and a job that names another fails before anything is made, with a sentence that tells why. P-521 fails in an HSM with `AWS_ERROR_PKCS11_ENCODING_ERROR` of aws-c-io, its [issue 591](https://github.com/awslabs/aws-c-io/issues/591).',
  )
}

function rowOf(id: KeyFormatId): string[] {
  const { what, crtLinux, crtWindows, java }: KeyFormat = keyFormats[id]
  const on = (['linux', 'windows'] as const).filter(system => refusalOf(id, system) === undefined)
  const usable = { 0: 'no', 1: 'on Linux', 2: 'yes' }[on.length] ?? ''
  return [what, ...[crtLinux, crtWindows, java].map(reading), usable]
}

function reading(of: KeyFormat['java']): string {
  if (of === undefined) return 'not tried'
  return of === 'reads' ? of : code(of.refuses)
}

const yesUnless = (refusal: string | undefined, yes = 'yes'): string => (refusal === undefined ? yes : 'no')
