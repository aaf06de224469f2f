import { programs } from './debian-packages.ts'
import { runForeign } from './foreign-run.ts'

export interface OpensslAnswer {
  stdout: string
  stdoutBytes: Buffer
  stderr: string
}

/** Runs `openssl`; an exit code other than 0 is an error with what it wrote. */
export const openssl = (...args: string[]): Promise<OpensslAnswer> =>
  opensslWithInput(Buffer.alloc(0), ...args)

export async function opensslWithInput(input: Uint8Array, ...args: string[]): Promise<OpensslAnswer> {
  const { exitCode, stdout, stderr } = await runForeign(programs.openssl.path, args, { input })
  if (exitCode !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
  return { stdout: stdout.toString(), stdoutBytes: stdout, stderr }
}

/** PEM of the public key inside a private key, a request or a certificate. */
export async function publicKeyOf(command: 'pkey' | 'req' | 'x509', file: string): Promise<string> {
  const options = command === 'pkey' ? ['-pubout'] : ['-noout', '-pubkey']
  return (await openssl(command, '-in', file, ...options)).stdout
}

/** The subject with the type of each string in it. */
export async function subjectOf(command: 'req' | 'x509', file: string): Promise<string> {
  const { stdout } = await openssl(
    command,
    '-in',
    file,
    '-noout',
    '-subject',
    '-nameopt',
    'RFC2253,show_type',
  )
  return stdout.trim()
}
