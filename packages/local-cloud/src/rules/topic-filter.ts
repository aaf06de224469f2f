/** Whether `+` and `#` stand only where MQTT allows them, and no level count or length is exceeded. */
export function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/')
  return (
    filter !== '' &&
    Buffer.byteLength(filter) <= 256 &&
    levels.every((level, at) => {
      if (level === '#') return at === levels.length - 1
      return level === '+' || !/[+#]/.test(level)
    })
  )
}

/** AWS IoT's `#` takes one level or more, unlike MQTT's, which also takes none. */
export function topicMatches(filter: string, topic: string): boolean {
  return levelsMatch(filter.split('/'), topic.split('/'))
}

/** As {@link topicMatches}, for those who ask often. */
export function levelsMatch(filterLevels: readonly string[], topicLevels: readonly string[]): boolean {
  for (const [at, level] of filterLevels.entries()) {
    if (level === '#') return topicLevels.length > at
    if (at >= topicLevels.length) return false
    if (level !== '+' && level !== topicLevels[at]) return false
  }
  return filterLevels.length === topicLevels.length
}
