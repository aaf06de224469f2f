const maxTopicCharacters = 256
const maxSlashes = 7
const maxReservedTopicCharacters = 512

/** Why the nucleus would not send this topic or filter to AWS IoT Core, or undefined. */
export function topicFault(
  topic: string,
  use: { readonly operation: 'publish' | 'subscribe'; readonly version: 'mqtt5' | 'mqtt3' },
): string | undefined {
  if (topic === '') return 'Topic must not be empty'
  if (use.operation === 'publish' && /[#+]/.test(topic)) {
    return "Publish topics must not contain wildcard characters of '#' or '+'"
  }
  const basicIngest = /^\$aws\/rules\/[^/\s]+\//.exec(topic)?.[0]
  if (basicIngest !== undefined) return plainTopicFault(topic.slice(basicIngest.length))
  const reserved = topic.startsWith('$') && use.version === 'mqtt5'
  if (!reserved) return plainTopicFault(topic)
  const shared = /^\$share\/[^/\s]+\//.exec(topic)?.[0]
  if (shared !== undefined && use.operation === 'subscribe')
    return plainTopicFault(topic.slice(shared.length))
  if (topic.length <= maxReservedTopicCharacters) return undefined
  return `Reserved topic total length is greater than ${maxReservedTopicCharacters} bytes`
}

function plainTopicFault(topic: string): string | undefined {
  if (topic.split('/').length - 1 > maxSlashes) {
    return `The request topic must have no more than ${maxSlashes} forward slashes (/)`
  }
  if (topic.length <= maxTopicCharacters) return undefined
  return `The topic size of request must be no larger than ${maxTopicCharacters} bytes`
}
