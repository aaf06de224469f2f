import { jobTemplateId } from '@rotator/protocol/names'
import type { Device } from '../fleet/device.ts'
import { accountId, type Lab, region } from '../world/lab.ts'

/** Where everything answers, and three commands to try; for `--keep`. */
export function invitation(lab: Lab, devices: readonly Device[], jobId: string): string {
  const { http, https, mqtt } = lab.cloud.endpoints
  const [first] = devices
  const aws = `AWS_ACCESS_KEY_ID=operator AWS_SECRET_ACCESS_KEY=operator aws --region ${region} --endpoint-url ${http}`
  return `
Everything keeps running until Ctrl-C.
  AWS APIs   ${http} and ${https}
  MQTT       ${mqtt.host}:${mqtt.port} (mutual TLS, root CA ${lab.cloud.rootCaPath})
  files      ${lab.folder}

Three commands to try in another terminal:
  ${aws} iot describe-job --job-id ${jobId}
  ${aws} iot create-job --job-id again-$RANDOM --targets ${lab.thingGroupArn} \\
      --job-template-arn arn:aws:iot:${region}:${accountId}:jobtemplate/${jobTemplateId}
  ls -l ${first?.root}; tail -n 5 ${first?.componentLog}
`
}
