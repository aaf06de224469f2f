/** Installers name it so unless they are told otherwise. */
export const usualUnit = 'greengrass.service'

/**
 * The systemd unit that this process runs in, told from `/proc/self/cgroup`.
 *
 * A line is `hierarchy:controllers:path`; of the path the last part that is a service counts. A user's own
 * manager (`user@1000.service`) only carries others.
 */
export function serviceUnit(cgroup: string): string {
  const units = cgroup
    .split('\n')
    .flatMap(line => line.split(':').slice(2).join(':').split('/'))
    .filter(part => part.endsWith('.service') && !/^user@\d+\.service$/u.test(part))
  return units.at(-1) ?? usualUnit
}

/** Nucleus Lite has a unit for each component, and for each part of itself; the classic nucleus is one with all in it. */
export const isOfLite = (unit: string): boolean => unit.startsWith('ggl.')
