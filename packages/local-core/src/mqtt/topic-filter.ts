/** Whether an MQTT filter matches a topic; a leading wildcard does not reach `$` topics. */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && !filter.startsWith('$')) return false
  return levelsCover(filter.split('/'), topic.split('/'))
}

/** Whether every topic that `narrow` matches is matched by `wide` too. */
export function filterCovers(wide: string, narrow: string): boolean {
  return levelsCover(wide.split('/'), narrow.split('/'))
}

function levelsCover(wide: readonly string[], narrow: readonly string[]): boolean {
  for (const [index, level] of wide.entries()) {
    if (level === '#') return true
    const other = narrow[index]
    if (other === undefined || other === '#') return false
    if (level !== '+' && level !== other) return false
  }
  return wide.length === narrow.length
}
