import { type Account, arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import { parseRule, type Rule } from './rule.ts'
import { applyRule, type RuleEngineDependencies } from './rule-engine.ts'
import { levelsMatch } from './topic-filter.ts'

type Payload = Readonly<Record<string, unknown>>

/** The topic rules of the account. From its making on it hears every published message. */
export class Rules {
  readonly #account: Account
  readonly #now: () => number
  readonly #rules = new Map<string, Rule>()
  readonly #stop: () => void

  constructor(deps: RuleEngineDependencies) {
    this.#account = deps.account
    this.#now = () => deps.clock.now()
    this.#stop = deps.bus.listen(message => {
      const topicLevels = message.topic.split('/')
      for (const rule of this.#rules.values()) {
        if (rule.disabled || !levelsMatch(rule.filterLevels, topicLevels)) continue
        try {
          applyRule(rule, this.arnOf(rule.name), message, deps)
        } catch (error) {
          // Such as a payload nested too deeply to be written again: the message reaches its subscribers all the same.
          deps.failed(this.arnOf(rule.name), error instanceof Error ? error.message : String(error))
        }
      }
    })
  }

  arnOf(name: string): string {
    return arn(this.#account, 'iot', `rule/${name}`)
  }

  all(): Rule[] {
    return [...this.#rules.values()]
  }

  /** AWS does not tell a rule that does not exist from one that is somebody else's. @throws AwsError */
  get(name: string): Rule {
    const rule = this.#rules.get(name)
    if (rule === undefined)
      throw new AwsError('UnauthorizedException', 401, `Access to topic rule '${name}' was denied`)
    return rule
  }

  has(name: string): boolean {
    return this.#rules.has(name)
  }

  /** Creates, or replaces what is there. @throws AwsError */
  put(name: string, payload: Payload): void {
    this.#rules.set(name, parseRule(name, payload, this.#rules.get(name)?.createdAtMs ?? this.#now()))
  }

  disable(name: string, disabled: boolean): void {
    this.#rules.set(name, { ...this.get(name), disabled })
  }

  delete(name: string): void {
    this.#rules.delete(name)
  }

  stop(): void {
    this.#stop()
  }
}
