import { readFileSync } from 'node:fs'
import { resourceWords } from '@rotator/protocol/names'
import * as v from 'valibot'

/** What the deployed stack says and a simulated cloud needs: the rules' statements, by the name of their function. */
export interface Blueprint {
  statements: Readonly<Record<'create' | 'commit' | 'finish', string>>
}

const templateSchema = v.object({
  Resources: v.record(
    v.string(),
    v.object({
      Type: v.string(),
      Properties: v.optional(
        v.looseObject({
          RuleName: v.optional(v.string()),
          TopicRulePayload: v.optional(v.object({ Sql: v.string() })),
        }),
      ),
    }),
  ),
})

/** @param templatePath the synthesized template of the backend */
export function readBlueprint(templatePath: string): Blueprint {
  const { Resources } = v.parse(templateSchema, JSON.parse(readFileSync(templatePath, 'utf8')))
  const statement = (word: string): string => {
    const rule = Object.values(Resources).find(
      ({ Type, Properties }) => Type === 'AWS::IoT::TopicRule' && Properties?.RuleName?.endsWith(word),
    )
    const sql = rule?.Properties?.TopicRulePayload?.Sql
    if (sql === undefined) throw new Error(`the template ${templatePath} has no rule ${word}`)
    return sql
  }
  return {
    statements: {
      create: statement(resourceWords.create),
      commit: statement(resourceWords.commit),
      finish: statement(resourceWords.finish),
    },
  }
}
