import { readConnack } from '@rotator/component/probe/mqtt-packets'
import mqttPacket from 'mqtt-packet'
import { mutateBytes } from '../../mutation/bytes.ts'
import { claim, type Target } from '../../target.ts'

/** What an endpoint answers to the CONNECT of a probe: the verdict on a certificate hangs on it. */
export const connack: Target = {
  name: 'connack',
  mutate: mutateBytes,
  execute(input) {
    const prefixes = Array.from({ length: Math.min(input.length, 8) + 1 }, (_, n) => input.subarray(0, n))
    const answers = prefixes.map(readConnack)
    const firsts = answers.filter(answer => answer !== undefined)
    claim(new Set(firsts).size <= 1, 'the answer changes while bytes come')
    const [answer] = firsts
    claim(answer === undefined || answers.at(-1) === answer, 'the answer is taken back')
    if (typeof answer !== 'number') return answer ?? 'incomplete'
    const theirs = codeOf(input.subarray(0, 4))
    claim(theirs === answer || theirs === 'malformed', `the return code is ${answer}, and not ${theirs}`)
    claim(answer !== 0 || theirs === 0, 'accepted by something that is no CONNACK')
    return `code ${answer}`
  },
  seeds: () => ({
    accepted: Buffer.of(0x20, 2, 0, 0),
    refused: Buffer.of(0x20, 2, 0, 5),
    'session-present': Buffer.of(0x20, 2, 1, 0),
    http: 'HTTP/1.1 400 Bad Request\r\n\r\n',
    version5: Buffer.of(0x20, 3, 0, 0x87, 0),
  }),
}

function codeOf(bytes: Buffer): number | 'malformed' {
  let code: number | 'malformed' = 'malformed'
  const parser = mqttPacket.parser()
  parser.on('error', () => {})
  parser.on('packet', packet => {
    code = packet.cmd === 'connack' ? (packet.returnCode ?? 'malformed') : 'malformed'
  })
  parser.parse(bytes)
  return code
}
