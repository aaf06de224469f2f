import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyAlgorithms, type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { benchSubjectName } from './bench-subject.ts'
import type { KeyHolder } from './key-holder.ts'

export const opensslProgram = { path: '/usr/bin/openssl', package: 'openssl' }

/** The yardstick: `openssl genpkey` and `openssl req`, each a process of its own. */
export function opensslKeys(): KeyHolder {
  const folder = mkdtempSync(join(tmpdir(), 'bench-openssl-'))
  const [key, csr] = [join(folder, 'key.pem'), join(folder, 'request.pem')]
  return {
    name: 'openssl',
    makeKey: async keyAlgorithm => {
      const details = keyAlgorithms[keyAlgorithm]
      const kind =
        details.family === 'RSA'
          ? ['RSA', '-pkeyopt', `rsa_keygen_bits:${details.modulusLength}`]
          : ['EC', '-pkeyopt', `ec_paramgen_curve:${details.curve}`]
      openssl('genpkey', '-algorithm', ...kind, '-out', key)
      return {
        request: async signingAlgorithm => {
          const subject = ['-subj', `/CN=${benchSubjectName}`]
          openssl('req', '-new', '-key', key, '-out', csr, ...subject, ...signatureOptions(signingAlgorithm))
        },
        remove: async () => {
          rmSync(key)
        },
      }
    },
    close: async () => {
      rmSync(folder, { recursive: true })
    },
  }
}

/** What it takes before it does anything. */
export const opensslStart = (): void => openssl('version')

function signatureOptions(signingAlgorithm: SigningAlgorithm): string[] {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest']
  return [`-${hash}`, ...(scheme === 'pss' ? pss : [])]
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync(opensslProgram.path, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${status}: ${stderr}`)
}
