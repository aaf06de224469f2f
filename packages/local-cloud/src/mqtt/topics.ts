import type { BrokerLimits } from './limits.ts'

type TopicLimits = Pick<BrokerLimits, 'topicBytes' | 'topicSlashes'>

/** Whether a topic may be published to, as far as its form goes. */
export function isTopic(topic: string, limits: TopicLimits): boolean {
  return fitsLimits(topic, limits) && !/[#+\0]/.test(topic)
}

/** Whether a filter may be subscribed to: `+` and `#` fill a level, `#` the last one. */
export function isTopicFilter(filter: string, limits: TopicLimits): boolean {
  if (!fitsLimits(filter, limits) || filter.includes('\0')) return false
  const levels = filter.split('/')
  return levels.every(
    (level, index) =>
      level === '+' ||
      (level === '#' && index === levels.length - 1) ||
      (!level.includes('+') && !level.includes('#')),
  )
}

/** MQTT's rule: `#` also matches the parent level, and wildcards at the start do not match topics that begin with `$`. */
export function filterMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true
  if (topic.startsWith('$') && (filter.startsWith('#') || filter.startsWith('+'))) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}

function fitsLimits(topic: string, { topicBytes, topicSlashes }: TopicLimits): boolean {
  return topic !== '' && Buffer.byteLength(topic) <= topicBytes && topic.split('/').length - 1 <= topicSlashes
}
