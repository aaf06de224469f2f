/**
 * Whether a policy's resource covers a topic, in the nucleus's MQTT style: `*` is any text, `+` one level and a
 * last `#` all further levels (and the level above), each only where MQTT allows it; `${c}` is the character c.
 * The topic may itself be a filter: its wildcards are then ordinary text.
 */
export function resourceCovers(resource: string, topic: string): boolean {
  return new RegExp(`^${toPattern(resource)}$`, 's').test(topic)
}

function toPattern(resource: string): string {
  let pattern = ''
  for (let index = 0; index < resource.length; index++) {
    const escaped = /^\$\{(.)\}/s.exec(resource.slice(index))?.[1]
    if (escaped !== undefined) {
      pattern += literal(escaped)
      index += 3
    } else {
      pattern += piece(resource, index)
      if (isLastLevelHash(resource, index + 1) && resource[index] === '/') {
        return `${pattern.slice(0, -1 * piece(resource, index).length)}(?:/.*)?`
      }
    }
  }
  return pattern
}

function piece(resource: string, index: number): string {
  const character = resource[index] ?? ''
  const startsLevel = index === 0 || resource[index - 1] === '/'
  const endsLevel = index === resource.length - 1 || resource[index + 1] === '/'
  if (character === '*') return '.*'
  if (character === '+' && startsLevel && endsLevel) return '[^/]*'
  if (character === '#' && resource === '#') return '.*'
  return literal(character)
}

function isLastLevelHash(resource: string, index: number): boolean {
  return resource[index] === '#' && index === resource.length - 1
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
