/** The MQTT 5 properties that travel with a message from its publisher to its subscribers. */
export interface MessageProperties {
  payloadFormatIndicator?: boolean
  /** Seconds. */
  messageExpiryInterval?: number
  responseTopic?: string
  correlationData?: Buffer
  userProperties?: Record<string, string | string[]>
  contentType?: string
}

/**
 * Takes from the properties of a PUBLISH or a will what goes on to the subscribers; undefined where one of them is
 * malformed. The decoder leaves null where bytes were missing, and the encoder fails on that.
 */
export function readMessageProperties(raw: object | undefined): MessageProperties | undefined {
  const given = new Map<string, unknown>(Object.entries(raw ?? {}))
  const isSound = [...given].every(([name, value]) => checks[name]?.(value) ?? true)
  if (!isSound) return undefined
  return Object.fromEntries([...given].filter(([name]) => name in checks)) as MessageProperties
}

const isText = (value: unknown): boolean => typeof value === 'string'

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  payloadFormatIndicator: value => typeof value === 'boolean',
  messageExpiryInterval: value => typeof value === 'number',
  responseTopic: isText,
  correlationData: value => Buffer.isBuffer(value),
  userProperties: value =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(each => isText(each) || (Array.isArray(each) && each.every(isText))),
  contentType: isText,
}
