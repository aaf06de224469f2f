import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  type Algorithms,
  chooseAlgorithms,
  defaultAlgorithms,
  type SigningAlgorithm,
} from '@rotator/protocol/algorithms'
import { Command, InvalidArgumentError, Option } from 'commander'

export interface StartOptions {
  devices: number
  /** How many of the devices hold their identity in a SoftHSM2 token, and how many in a TPM. */
  hsm: number
  tpm: number
  issuer: Issuer
  algorithms: Algorithms
  keep: boolean
  /** Absolute path of the file to write. */
  json?: string
}

/** Who signs the new certificates. */
export type Issuer = (typeof issuers)[number]
const issuers = ['aws-iot', 'private-ca'] as const

/** More than this does not fit on two cores and a laptop's memory: each device is two processes. */
const mostDevices = 50

const signingFor: Readonly<Record<string, SigningAlgorithm>> = {
  'ECDSA-P256': 'ECDSA-WITH-SHA256',
  'ECDSA-P384': 'ECDSA-WITH-SHA384',
  'ECDSA-P521': 'ECDSA-WITH-SHA512',
}

/**
 * Reads the flags of `npm start`.
 *
 * @param write where help and errors go
 * @returns the exit code instead, where there is nothing to start
 */
export function readOptions(args: readonly string[], write: (text: string) => void): StartOptions | number {
  const command = startCommand(write)
  try {
    command.parse(args, { from: 'user' })
    return chosen(command)
  } catch (error) {
    return (error as { exitCode?: number }).exitCode ?? 1
  }
}

function startCommand(write: (text: string) => void): Command {
  return new Command('npm start --')
    .description('Rotates the certificates and keys of core devices, end to end, on this machine.')
    .option('--devices <N>', `how many core devices, 1 to ${mostDevices}`, wholeNumber, 3)
    .option('--hsm <N>', 'how many of them hold their key in an HSM (SoftHSM2)', anyNumber, 0)
    .option('--tpm <N>', 'how many of them hold it in a TPM 2.0 (swtpm)', anyNumber, 0)
    .addOption(
      new Option('--issuer <name>', 'who signs the new certificates: AWS IoT or AWS Private CA')
        .choices(issuers)
        .default('aws-iot'),
    )
    .option('--key-algorithm <name>', 'the new keys: RSA-2048, RSA-3072, ECDSA-P256, ECDSA-P384, ECDSA-P521')
    .option(
      '--signing-algorithm <name>',
      'how the requests are signed, such as SHA256WITHRSA, ECDSA-WITH-SHA384',
    )
    .option('--keep', 'leave everything running afterwards, until Ctrl-C', false)
    .option('--json <file>', 'also write the result as JSON', writableFile)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError('Run npm start -- --help for the flags.')
}

function chosen(command: Command): StartOptions {
  const flags = command.opts<{
    devices: number
    hsm: number
    tpm: number
    issuer: Issuer
    keyAlgorithm?: string
    signingAlgorithm?: string
    keep: boolean
    json?: string
  }>()
  const keyAlgorithm = flags.keyAlgorithm ?? defaultAlgorithms.keyAlgorithm
  const signingAlgorithm =
    flags.signingAlgorithm ?? signingFor[keyAlgorithm] ?? defaultAlgorithms.signingAlgorithm
  const choice = chooseAlgorithms(keyAlgorithm, signingAlgorithm)
  if (!choice.ok) command.error(`error: ${choice.problem}`)
  const { devices, hsm, tpm } = flags
  if (hsm + tpm > devices) {
    command.error(
      `error: ${hsm + tpm} of ${devices} devices cannot have a token. Give --devices ${hsm + tpm} or more.`,
    )
  }
  if (hsm + tpm > 0 && keyAlgorithm === 'ECDSA-P521') {
    command.error(
      'error: Greengrass cannot use a key of ECDSA-P521 in a token (aws-c-io issue 591). Use ECDSA-P384, or leave out --hsm and --tpm.',
    )
  }
  return {
    devices,
    hsm,
    tpm,
    issuer: flags.issuer,
    algorithms: choice.algorithms,
    keep: flags.keep,
    ...(flags.json === undefined ? {} : { json: flags.json }),
  }
}

const wholeNumber = (text: string): number => numberFrom(1, text)
const anyNumber = (text: string): number => numberFrom(0, text)

function numberFrom(least: number, text: string): number {
  const value = Number(text)
  if (!/^\d+$/u.test(text) || value < least || value > mostDevices) {
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${mostDevices}.`)
  }
  return value
}

/** A run of many seconds whose result cannot be written would be lost, so this is found out before it. */
function writableFile(text: string): string {
  const file = resolve(text)
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InvalidArgumentError(`${file} is a folder. Give the name of a file.`)
  }
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch {
    throw new InvalidArgumentError(
      `The folder ${dirname(file)} does not exist or cannot be written to. Make it first.`,
    )
  }
  return file
}
