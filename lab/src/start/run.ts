import { writeFileSync } from 'node:fs'
import { killAllDaemons } from '../tokens/daemon.ts'
import { addBinding, buildArtifacts, iotTemplate } from '../world/artifacts.ts'
import { isBindingBuilt } from '../world/binding.ts'
import { makeFolder, openLab, removeFolder } from '../world/lab.ts'
import { labAuthorityId, privateCaTemplate } from '../world/private-ca.ts'
import { killAllPrograms } from '../world/program.ts'
import { invitation } from './invitation.ts'
import { readOptions, type StartOptions } from './options.ts'
import { conclusion, resultJson, resultTable } from './result.ts'
import { lineStage, terminalStage } from './stages.ts'
import { manufactureFleet, rotateFleet, startFleet, waitUntilOnline } from './start.ts'
import { missingForTokens, tokensFor } from './tokens.ts'

const interrupted = 130
const failed = 1

/** The whole of `npm start`. @returns the exit code */
export async function run(args: readonly string[], output: NodeJS.WriteStream): Promise<number> {
  const write = (text: string) => void output.write(text)
  const options = readOptions(args, write)
  if (typeof options === 'number') return options
  const missing = missingForTokens(options)
  if (missing !== undefined) {
    write(missing)
    return failed
  }
  const folders: string[] = []
  const cleanUp = () => {
    killAllPrograms()
    folders.forEach(removeFolder)
  }
  // However this process ends, what it started ends with it.
  process.once('exit', killAllPrograms)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      cleanUp()
      write('\nInterrupted: everything that was started has been stopped.\n')
      process.exit(interrupted)
    })
  }
  try {
    return await rotate(options, output, write, folder => folders.push(folder))
  } catch (error) {
    write(`\nThe run failed: ${error instanceof Error ? error.message : String(error)}\n`)
    write(folders.map(folder => `Everything that was logged is kept in ${folder}\n`).join(''))
    killAllPrograms()
    killAllDaemons()
    return failed
  }
}

async function rotate(
  options: StartOptions,
  output: NodeJS.WriteStream,
  write: (text: string) => void,
  onFolder: (folder: string) => void,
): Promise<number> {
  write('Building the backend and the component ...\n')
  const artifacts = await buildArtifacts(options.issuer === 'private-ca' ? privateCaTemplate : iotTemplate)
  if (options.hsm + options.tpm > 0) {
    if (!isBindingBuilt()) write('Compiling the PKCS#11 binding, this once ...\n')
    await addBinding(artifacts)
  }
  write('Starting the local cloud with the backend deployed ...\n')
  const notifications: string[] = []
  const folder = makeFolder()
  onFolder(folder)
  const lab = await openLab({
    ...artifacts,
    folder,
    onNotification: text => notifications.push(text),
    authorityId: options.issuer === 'private-ca' ? labAuthorityId : undefined,
  })
  write(`Manufacturing ${options.devices} core devices and starting them ...\n`)
  const tokens = await tokensFor(options, lab.folder)
  const devices = await manufactureFleet(lab, artifacts, options, tokens)
  const stage = output.isTTY
    ? terminalStage(devices.map(({ thingName }) => thingName))
    : lineStage(write, () => Date.now())
  const fleet = await startFleet(lab, devices, stage)
  await waitUntilOnline(fleet)
  const result = await rotateFleet(lab, fleet, stage, options)
  await stage.close()
  write(`${resultTable(result.devices)}\n`)
  for (const text of notifications) write(`The operators were told: ${text}\n`)
  write(conclusion(result.devices, options.issuer))
  if (options.json !== undefined) writeFileSync(options.json, resultJson(result.devices))
  const ok = result.devices.every(device => device.ok)
  if (options.keep) {
    write(invitation(lab, devices, result.jobId))
    await new Promise(() => undefined)
  }
  await fleet.stop()
  await Promise.all(tokens.map(async token => token?.close()))
  await lab.stop()
  if (ok) removeFolder(lab.folder)
  else write(`Everything that was logged is kept in ${lab.folder}\n`)
  return ok ? 0 : failed
}
