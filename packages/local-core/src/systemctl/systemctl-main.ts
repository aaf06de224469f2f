import { requestControl } from '../control/control-client.ts'
import { isUnitAnswer } from './unit-answer.ts'

const [controlSocket = '', ...args] = process.argv.slice(2)
try {
  const answer = await requestControl(controlSocket, { command: 'systemctl', args })
  if (!isUnitAnswer(answer)) throw new Error('the core gave no answer that systemctl understands')
  process.stdout.write(answer.stdout)
  process.stderr.write(answer.stderr)
  process.exitCode = answer.exitCode
} catch (error) {
  process.stderr.write(`Failed to connect to the service manager of this core: ${String(error)}\n`)
  process.exitCode = 1
}
