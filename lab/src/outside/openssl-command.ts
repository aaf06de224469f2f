import { programs } from './debian-packages.ts'
import { runForeign } from './foreign-run.ts'

export interface OpensslAnswer {
  stdout: string
  stdoutBytes: Buffer
  stderr: string
}

/** Runs `openssl`; an exit code other than 0 is an error with what it wrote. */
export interface OpensslCommand {
  (...args: string[]): Promise<OpensslAnswer>
  withInput(input: Uint8Array, ...args: string[]): Promise<OpensslAnswer>
  /** PEM of the public key inside a key, a request or a certificate. */
  publicKeyOf(command: 'pkey' | 'req' | 'x509', file: string): Promise<string>
  subjectOf(command: 'req' | 'x509', file: string): Promise<string>
}

export function opensslCommand(): OpensslCommand {
  const withInput = async (input: Uint8Array, ...args: string[]): Promise<OpensslAnswer> => {
    const { exitCode, stdout, stderr } = await runForeign(programs.openssl.path, args, { input })
    if (exitCode !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
    return { stdout: stdout.toString(), stdoutBytes: stdout, stderr }
  }
  const run = (...args: string[]) => withInput(Buffer.alloc(0), ...args)
  return Object.assign(run, {
    withInput,
    publicKeyOf: async (command: string, file: string) => {
      const options = command === 'pkey' ? ['-pubout'] : ['-noout', '-pubkey']
      return (await run(command, '-in', file, ...options)).stdout
    },
    subjectOf: async (command: string, file: string) =>
      (await run(command, '-in', file, '-noout', '-subject', '-nameopt', 'RFC2253,show_type')).stdout.trim(),
  })
}
