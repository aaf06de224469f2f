import type { Blueprint } from './cloud/blueprint.ts'
import { fillPool } from './device/key-pool.ts'
import type { VirtualClock } from './kernel/virtual-clock.ts'
import { playSchedule } from './prove/play-schedule.ts'
import { runSeed } from './seeded/run-seed.ts'
import { type Story, WrittenStory } from './story/story.ts'
import { keysNeeded } from './workers/keys-needed.ts'

/**
 * Tells one run step by step.
 *
 * @param of a seed, or a schedule
 * @returns whether all was well in it
 */
export async function replay(
  blueprint: Blueprint,
  of: string,
  write: (line: string) => void,
): Promise<boolean> {
  await fillPool(keysNeeded)
  let story: WrittenStory | undefined
  const storyOf = (clock: VirtualClock): Story => {
    story = new WrittenStory(() => clock.now())
    return story
  }
  const broken = await run(blueprint, of, storyOf)
  if (broken === undefined) {
    write(`"${of}" is neither a seed nor a schedule. A schedule is such as "good 12:lost 40:power-cut".`)
    return false
  }
  for (const line of story?.lines ?? []) write(line)
  write(broken.length === 0 ? 'Nothing was broken.' : `BROKEN: ${broken.join('; ')}`)
  return broken.length === 0
}

async function run(
  blueprint: Blueprint,
  of: string,
  storyOf: (clock: VirtualClock) => Story,
): Promise<readonly string[] | undefined> {
  if (/^\d+$/u.test(of)) return (await runSeed(blueprint, Number(of), { storyOf })).broken
  return playSchedule(blueprint, of, storyOf)
}
