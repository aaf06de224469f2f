import { existsSync } from 'node:fs'

/** A foreign program that the product is judged by, at the path where Debian puts it. */
export interface ForeignProgram {
  path: string
  package: string
}

/** Another program of the same name may stand first on PATH, so paths are whole. */
export const programs = {
  aws: { path: '/usr/bin/aws', package: 'awscli' },
  mosquittoPub: { path: '/usr/bin/mosquitto_pub', package: 'mosquitto-clients' },
  mosquittoSub: { path: '/usr/bin/mosquitto_sub', package: 'mosquitto-clients' },
  mosquitto: { path: '/usr/sbin/mosquitto', package: 'mosquitto' },
  openssl: { path: '/usr/bin/openssl', package: 'openssl' },
} as const satisfies Record<string, ForeignProgram>

export const missingPrograms = (): ForeignProgram[] =>
  Object.values(programs).filter(({ path }) => !existsSync(path))
