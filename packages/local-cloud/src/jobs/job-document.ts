import { invalidRequest } from '../api/aws-error.ts'
import { isObject } from './members.ts'

/** Bytes of UTF-8. */
const longestDocument = 32_768

/** Checks a job document and gives its parsed form, which devices get by MQTT. */
export function parseDocument(document: string): unknown {
  if (Buffer.byteLength(document) > longestDocument)
    throw invalidRequest(`The job document is longer than ${longestDocument} bytes.`)
  if (/\$\{aws:iot:(s3-presigned-url|code-sign-signature|parameter)/.test(document))
    throw invalidRequest('Placeholders in a job document are not supported by the local cloud.')
  const parsed = parsedJson(document)
  if (!isObject(parsed)) throw invalidRequest('The job document is not a valid JSON object.')
  return parsed
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
