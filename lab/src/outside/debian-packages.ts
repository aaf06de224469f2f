import { existsSync } from 'node:fs'
import { bindingTargets } from '@rotator/component/artifact/binding-targets'
import { softhsmFiles, tpmFiles } from '../tokens/token-programs.ts'

/** A foreign program that the product is judged by, at the path where Debian puts it. */
export interface ForeignProgram {
  path: string
  package: string
}

/** Another program of the same name may stand first on PATH, so paths are whole. */
export const programs = {
  aws: { path: '/usr/bin/aws', package: 'awscli' },
  jq: { path: '/usr/bin/jq', package: 'jq' },
  mosquittoPub: { path: '/usr/bin/mosquitto_pub', package: 'mosquitto-clients' },
  mosquittoSub: { path: '/usr/bin/mosquitto_sub', package: 'mosquitto-clients' },
  mosquitto: { path: '/usr/sbin/mosquitto', package: 'mosquitto' },
  openssl: { path: '/usr/bin/openssl', package: 'openssl' },
} as const satisfies Record<string, ForeignProgram>

/** What the native PKCS#11 binding is compiled with, for every kind of device. */
const compilers = bindingTargets(process.arch).map(({ compiler, debianPackage }) => ({
  path: `/usr/bin/${compiler}`,
  package: debianPackage,
}))

/** Whatever the tests of this folder need and this machine lacks. */
export const missingPrograms = (): ForeignProgram[] =>
  [...[programs, softhsmFiles, tpmFiles].flatMap(files => Object.values(files)), ...compilers].filter(
    ({ path }) => !existsSync(path),
  )
